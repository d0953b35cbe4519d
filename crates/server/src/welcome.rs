//! What the terminal says at a start. Until there is an agent, it explains everything that a stranger needs next.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::Path;

use crate::admin::{print as print_line, setup_link};
use crate::app::App;
use crate::cli::Failure;
use crate::config::DEFAULT_FOLDER;

/// Prints it.
pub(crate) async fn print(app: &App, address: SocketAddr, folder: &Path) -> Result<(), Failure> {
    let set_up_done = app.store.any_agent().await?;
    let public = &app.own.public_url;
    let console = if set_up_done {
        format!("{public}/console/")
    } else {
        setup_link(&*app.store, &*app.clock, public).await?
    };
    let data =
        if folder == Path::new(DEFAULT_FOLDER) { String::new() } else { format!(" --data {}", word(folder)) };
    let admin = format!("{} admin key create my-program --scope manage{data}", program());
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    print_line(&format!("listening on {address}"));
    if set_up_done {
        print_line(&format!("  shop     {}/demo\n  console  {console}", app.own.demo));
        return Ok(());
    }
    let widget = app.store.widgets().await?.into_iter().next();
    let widget = widget.map_or_else(String::new, |widget| widget.id.to_string());
    print_line(&long(&Facts {
        public,
        demo: &app.own.demo,
        console: &console,
        widget: &widget,
        admin: &admin,
        folder: &folder,
    }));
    Ok(())
}

/// This program as one types it here: by its name when that is found, or by its path.
fn program() -> String {
    let Ok(path) = std::env::current_exe() else { return "beckon".to_owned() };
    let found = |name: &OsStr| {
        let folders = std::env::var_os("PATH")?;
        let first =
            std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|file| file.is_file())?;
        (first.canonicalize().ok()? == path.canonicalize().ok()?).then(|| word(Path::new(name)))
    };
    path.file_name().and_then(found).unwrap_or_else(|| {
        let here = std::env::current_dir().ok();
        match here.as_deref().and_then(|here| path.strip_prefix(here).ok()) {
            Some(below) => word(&Path::new(".").join(below)),
            None => word(&path),
        }
    })
}

/// A path as one word of a shell's command line.
fn word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '~' | '+' | ':' | '\\');
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

struct Facts<'a> {
    public: &'a str,
    demo: &'a str,
    console: &'a str,
    widget: &'a str,
    admin: &'a str,
    folder: &'a Path,
}

fn long(facts: &Facts<'_>) -> String {
    let Facts { public, demo, console, widget, admin, folder } = facts;
    let folder = folder.display();
    format!(
        r#"
Beckon is ready. Two tabs show what it does:

  1. The shop: configure a car, press Contact us, write a line.
     {demo}/demo

  2. The console: answer, with the car beside the conversation.
     This link makes the first agent (name, e-mail, password) and works once:
     {console}

On your own site, paste this before </body>:

  <script>
    (function (w, d, s, u, n) {{
      w[n] = w[n] || function () {{ (w[n].q = w[n].q || []).push(arguments) }};
      w[n].t = +new Date();
      var e = d.createElement(s), f = d.getElementsByTagName(s)[0];
      e.async = 1; e.src = u; f.parentNode.insertBefore(e, f);
    }})(window, document, 'script', '{public}/widget.js', 'liveChat');
    liveChat('init', '{widget}');
  </script>

Read a conversation's context from a program:

  {admin}
  curl -H "Authorization: App $KEY" {public}/ccaas/1/conversations/$ID/metadata

Everything is kept in {folder}. Ctrl-C stops; starting again brings it all back."#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word() {
        assert_eq!(word(Path::new("./target/release/beckon")), "./target/release/beckon");
        assert_eq!(word(Path::new("/srv/my chat")), "'/srv/my chat'");
        assert_eq!(word(Path::new("it's")), r"'it'\''s'");
    }
}
