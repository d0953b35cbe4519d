//! One kept connection and one request at a time: the least a client can cost.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A hang ends here.
const HANG: Duration = Duration::from_secs(30);

/// A kept HTTP/1.1 connection.
#[derive(Debug)]
pub struct Http {
    address: SocketAddr,
    stream: TcpStream,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Of the first line.
    pub status: u16,
    /// The head as it came.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Http {
    /// Connects.
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(HANG))?;
        Ok(Self { address, stream })
    }

    /// Sends one request and reads the whole answer. `headers` are lines that end with `\r\n`.
    pub fn ask(&mut self, method: &str, path: &str, headers: &str, body: &str) -> io::Result<Answer> {
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{headers}\r\n{body}",
            self.address
        );
        self.stream.write_all(request.as_bytes())?;
        let broken = || io::Error::new(ErrorKind::InvalidData, "not an HTTP answer with a length");
        let mut bytes = Vec::with_capacity(4096);
        let mut room = [0; 64 * 1024];
        let end = loop {
            if let Some(end) = memchr::memmem::find(&bytes, b"\r\n\r\n") {
                break end + 4;
            }
            self.more(&mut bytes, &mut room)?;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(broken)?;
        let mut answer = Answer { status, head, body: Vec::new() };
        let length = match answer.header("content-length") {
            Some(length) => length.parse::<usize>().map_err(|_| broken())?,
            None if status == 204 => 0,
            None => return Err(broken()),
        };
        while bytes.len() < end + length {
            self.more(&mut bytes, &mut room)?;
        }
        answer.body = bytes.split_off(end);
        Ok(answer)
    }

    fn more(&mut self, bytes: &mut Vec<u8>, room: &mut [u8]) -> io::Result<()> {
        match self.stream.read(room)? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            count => {
                bytes.extend_from_slice(&room[..count]);
                Ok(())
            }
        }
    }
}
