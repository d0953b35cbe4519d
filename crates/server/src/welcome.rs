//! What the terminal says at a start. Until there is an agent, it explains everything that a stranger needs next.

use std::net::SocketAddr;
use std::path::Path;

use crate::admin::{print as print_line, setup_link};
use crate::app::App;
use crate::cli::Failure;
use crate::config::DEFAULT_FOLDER;
use crate::program::{program, word};

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
    let admin = format!("{} admin key create my-program --scope read{data}", program());
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

Read from a program: make a key, list the conversations, and put one's id in place of ID:

  export BECKON_KEY=$({admin})
  curl -H "Authorization: App $BECKON_KEY" {public}/ccaas/1/conversations
  curl -H "Authorization: App $BECKON_KEY" {public}/ccaas/1/conversations/ID/metadata

Everything is kept in {folder}. Ctrl-C stops; starting again brings it all back."#
    )
}
