//! Many WebSockets in one thread: the driver must cost little, because it shares the machine with what it measures.
//!
//! Client side only, whole text frames only. The mask is zero: it hides nothing here and costs nothing.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token, Waker};
use socket2::SockRef;

/// Bytes read at once, shared by all wires.
const READ_BYTES: usize = 64 * 1024;
/// Events taken from the system at once.
const EVENTS: usize = 1024;
/// The waker's own token.
const WAKE: Token = Token(usize::MAX);

/// What a wire brought.
#[derive(Debug)]
pub enum Heard<'a> {
    /// The upgrade was answered: frames may be sent.
    Open,
    /// A text frame.
    Text(&'a str),
    /// It ended; the close code, if there was one.
    Closed(Option<u16>),
}

/// Frames to send once the present wire has been read.
#[derive(Debug, Default)]
pub struct Replies(Vec<(usize, String)>);

impl Replies {
    /// Sends a frame on a wire.
    pub fn send(&mut self, wire: usize, frame: String) {
        self.0.push((wire, frame));
    }
}

enum State {
    Connecting(String),
    Upgrading,
    Open,
    Closed,
}

struct Wire {
    stream: TcpStream,
    state: State,
    unread: Vec<u8>,
    unsent: Vec<u8>,
}

/// All wires of a driver.
pub struct Wires {
    poll: Poll,
    events: Events,
    waker: Arc<Waker>,
    /// By number; nothing where one was cut.
    wires: Vec<Option<Wire>>,
    scratch: Vec<u8>,
}

impl Wires {
    /// None yet.
    pub fn new() -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKE)?);
        let scratch = vec![0; READ_BYTES];
        Ok(Self { poll, events: Events::with_capacity(EVENTS), waker, wires: Vec::new(), scratch })
    }

    /// Begins to open a WebSocket; its number.
    pub fn connect(&mut self, address: SocketAddr, path: &str) -> io::Result<usize> {
        let mut stream = TcpStream::connect(address)?;
        let number = self.wires.len();
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.poll.registry().register(&mut stream, Token(number), interest)?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        let state = State::Connecting(request);
        self.wires.push(Some(Wire { stream, state, unread: Vec::new(), unsent: Vec::new() }));
        Ok(number)
    }

    /// Sends a text frame; on a wire that was cut, nowhere.
    pub fn send(&mut self, number: usize, frame: &str) -> io::Result<()> {
        let Some(wire) = &mut self.wires[number] else { return Ok(()) };
        write_frame(&mut wire.unsent, 0x1, frame.as_bytes());
        wire.flush()
    }

    /// Cuts a wire as a lost network does: no close frame, a reset.
    pub fn cut(&mut self, number: usize) -> io::Result<()> {
        let Some(mut wire) = self.wires[number].take() else { return Ok(()) };
        self.poll.registry().deregister(&mut wire.stream)?;
        // With nothing to wait for, closing resets.
        SockRef::from(&wire.stream).set_linger(Some(Duration::ZERO))
    }

    /// Wakes [`Wires::turn`] at each moment when something is due.
    pub fn wake_every(&self, period: Duration, begin: Instant, end: Instant) {
        let waker = Arc::clone(&self.waker);
        std::thread::spawn(move || {
            let mut next = begin;
            while next < end {
                std::thread::sleep(next.saturating_duration_since(Instant::now()));
                if waker.wake().is_err() {
                    return;
                }
                next = (next + period).max(Instant::now());
            }
        });
    }

    /// Waits until something happens or the time is over, and tells of it.
    pub fn turn(
        &mut self,
        most: Duration,
        mut hear: impl FnMut(usize, Heard<'_>, &mut Replies),
    ) -> io::Result<()> {
        match self.poll.poll(&mut self.events, Some(most)) {
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(()),
            done => done?,
        }
        let mut replies = Replies::default();
        for event in &self.events {
            if event.token() == WAKE {
                continue;
            }
            let number = event.token().0;
            let Some(wire) = self.wires.get_mut(number).and_then(Option::as_mut) else { continue };
            if event.is_writable() {
                wire.become_writable()?;
            }
            if event.is_readable() || event.is_read_closed() || event.is_error() {
                wire.read(&mut self.scratch, |heard| hear(number, heard, &mut replies))?;
            }
        }
        for (number, frame) in replies.0 {
            self.send(number, &frame)?;
        }
        Ok(())
    }
}

impl Wire {
    fn become_writable(&mut self) -> io::Result<()> {
        if let State::Connecting(request) = &self.state {
            if let Some(error) = self.stream.take_error()? {
                return Err(error);
            }
            if let Err(error) = self.stream.peer_addr() {
                return if error.kind() == ErrorKind::NotConnected { Ok(()) } else { Err(error) };
            }
            self.stream.set_nodelay(true)?;
            self.unsent.extend_from_slice(request.as_bytes());
            self.state = State::Upgrading;
        }
        self.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        if let State::Connecting(_) | State::Closed = self.state {
            return Ok(());
        }
        let mut sent = 0;
        while sent < self.unsent.len() {
            match self.stream.write(&self.unsent[sent..]) {
                Ok(count) => sent += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // The read side tells of the end.
                Err(_) => sent = self.unsent.len(),
            }
        }
        if sent == self.unsent.len() {
            self.unsent.clear();
            // An idle wire keeps no room.
            self.unsent.shrink_to(512);
        } else {
            self.unsent.drain(..sent);
        }
        Ok(())
    }

    fn read(&mut self, scratch: &mut [u8], mut hear: impl FnMut(Heard<'_>)) -> io::Result<()> {
        loop {
            if let State::Closed = self.state {
                return Ok(());
            }
            let count = match self.stream.read(scratch) {
                Ok(0) => {
                    self.state = State::Closed;
                    hear(Heard::Closed(None));
                    return Ok(());
                }
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => {
                    self.state = State::Closed;
                    hear(Heard::Closed(None));
                    return Ok(());
                }
            };
            if self.unread.is_empty() {
                let used = self.take(&scratch[..count], &mut hear)?;
                self.unread.extend_from_slice(&scratch[used..count]);
            } else {
                let mut whole = std::mem::take(&mut self.unread);
                whole.extend_from_slice(&scratch[..count]);
                let used = self.take(&whole, &mut hear)?;
                whole.drain(..used);
                if !whole.is_empty() {
                    self.unread = whole;
                }
            }
            self.flush()?;
            if count < scratch.len() {
                return Ok(());
            }
        }
    }

    /// Takes whole frames off the front; how many bytes they had.
    fn take(&mut self, bytes: &[u8], hear: &mut impl FnMut(Heard<'_>)) -> io::Result<usize> {
        let broken = |what: &str| io::Error::new(ErrorKind::InvalidData, what.to_owned());
        let mut used = 0;
        if let State::Upgrading = self.state {
            let Some(end) = memchr::memmem::find(bytes, b"\r\n\r\n") else { return Ok(0) };
            if !bytes.starts_with(b"HTTP/1.1 101") {
                return Err(broken(&String::from_utf8_lossy(&bytes[..end])));
            }
            used = end + 4;
            self.state = State::Open;
            hear(Heard::Open);
        }
        while let Some((first, body, length)) = frame_at(&bytes[used..]) {
            let payload = &bytes[used + body..used + body + length];
            used += body + length;
            match first {
                0x81 => {
                    hear(Heard::Text(std::str::from_utf8(payload).map_err(|_| broken("not UTF-8"))?));
                }
                0x88 => {
                    let code = payload.first_chunk().map(|code| u16::from_be_bytes(*code));
                    self.state = State::Closed;
                    hear(Heard::Closed(code));
                    return Ok(bytes.len());
                }
                0x89 => write_frame(&mut self.unsent, 0xA, payload),
                0x8A => {}
                _ => return Err(broken("a frame in pieces, or binary")),
            }
        }
        Ok(used)
    }
}

/// First byte, offset of the payload and its length, if the whole frame is there.
fn frame_at(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let (first, second) = (*bytes.first()?, *bytes.get(1)?);
    let (body, length): (usize, usize) = match second & 0x7F {
        126 => (4, usize::from(u16::from_be_bytes(*bytes.get(2..)?.first_chunk()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(*bytes.get(2..)?.first_chunk()?)).ok()?),
        short => (2, usize::from(short)),
    };
    (bytes.len() >= body.checked_add(length)?).then_some((first, body, length))
}

fn write_frame(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
    out.push(0x80 | opcode);
    match u16::try_from(payload.len()) {
        Ok(short) if short < 126 => out.push(0x80 | short as u8),
        Ok(medium) => {
            out.push(0x80 | 126);
            out.extend_from_slice(&medium.to_be_bytes());
        }
        Err(_) => {
            out.push(0x80 | 127);
            out.extend_from_slice(&(payload.len() as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_each_length_come_back() {
        for length in [0, 1, 125, 126, 65_535, 65_536] {
            let mut bytes = Vec::new();
            write_frame(&mut bytes, 0x1, &vec![b'x'; length]);
            // As a server writes it: without the mask.
            let mask = bytes.len() - length - 4;
            bytes.drain(mask..mask + 4);
            bytes[1] &= 0x7F;
            assert_eq!(frame_at(&bytes), Some((0x81, bytes.len() - length, length)));
            assert_eq!(frame_at(&bytes[..bytes.len() - 1]), None, "cut short");
        }
    }
}
