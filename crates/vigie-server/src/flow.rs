//! A channel as a stream, for bodies that are written while they are read.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use tokio::sync::mpsc;

/// What comes out of a channel.
#[derive(Debug)]
pub struct Chunks<T>(pub mpsc::Receiver<T>);

impl<T> Stream for Chunks<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        self.get_mut().0.poll_recv(cx)
    }
}
