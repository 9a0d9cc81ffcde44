//! iceoryx2: publish and subscribe, without loss. A batch is one sample: a slice of messages.

use iceoryx2::config::Config;
use iceoryx2::port::listener::Listener;
use iceoryx2::port::notifier::Notifier;
use iceoryx2::port::publisher::Publisher;
use iceoryx2::port::subscriber::Subscriber;
use iceoryx2::prelude::*;

use crate::Result;
use crate::link::{Peer, Place, Rx, Tx, taken};
use crate::payload::{Payload, messages, words};

/// One service for each size of batch.
const BATCHES: [usize; 3] = [1, 64, 256];

fn service_of(batch: usize) -> usize {
    BATCHES.iter().position(|&size| batch <= size).unwrap_or(BATCHES.len() - 1)
}

pub(crate) enum Iceoryx2 {}

type Service = ipc::Service;
type Publish<M> = Publisher<Service, [<M as Payload>::Words], ()>;
type Subscribe<M> = Subscriber<Service, [<M as Payload>::Words], ()>;

impl<M: Payload> Peer<M> for Iceoryx2 {
    const NAME: &'static str = "iceoryx2";

    type Tx = Sender<M>;
    type Rx = Receiver<M>;

    fn sender(place: &Place) -> Result<Self::Tx> {
        let node = node(place)?;
        let mut publishers = Vec::new();
        for batch in BATCHES {
            let publisher = service::<M>(&node, place, batch)?
                .publisher_builder()
                .initial_max_slice_len(batch)
                .max_loaned_samples(2)
                .backpressure_strategy(BackpressureStrategy::RetryUntilDelivered)
                .create()?;
            publishers.push(publisher);
        }
        let event = node.service_builder(&name(place, "event")?).event().open_or_create()?;
        Ok(Sender { publishers, notifier: event.notifier_builder().create()?, _node: node })
    }

    fn receiver(place: &Place) -> Result<Self::Rx> {
        let node = node(place)?;
        let mut subscribers = Vec::new();
        for batch in BATCHES {
            subscribers.push(service::<M>(&node, place, batch)?.subscriber_builder().create()?);
        }
        let event = node.service_builder(&name(place, "event")?).event().open_or_create()?;
        Ok(Receiver { subscribers, listener: event.listener_builder().create()?, _node: node })
    }
}

fn node(place: &Place) -> Result<Node<Service>> {
    set_log_level(LogLevel::Fatal);
    let mut config = Config::default();
    let root = place.file("iceoryx2");
    config.global.set_root_path(&Path::new(root.to_string_lossy().as_bytes())?);
    Ok(NodeBuilder::new().config(&config).create::<Service>()?)
}

fn name(place: &Place, what: &str) -> Result<ServiceName> {
    Ok(ServiceName::new(&format!("{}/{what}", place.file("").display()))?)
}

type PubSub<M> = iceoryx2::service::port_factory::publish_subscribe::PortFactory<Service, [<M as Payload>::Words], ()>;

fn service<M: Payload>(node: &Node<Service>, place: &Place, batch: usize) -> Result<PubSub<M>> {
    Ok(node
        .service_builder(&name(place, &batch.to_string())?)
        .publish_subscribe::<[M::Words]>()
        .enable_safe_overflow(false)
        .history_size(0)
        .max_publishers(1)
        .max_subscribers(1)
        .subscriber_max_borrowed_samples(2)
        .subscriber_max_buffer_size((place.capacity / batch).max(2))
        .open_or_create()?)
}

pub(crate) struct Sender<M: Payload> {
    publishers: Vec<Publish<M>>,
    notifier: Notifier<Service>,
    _node: Node<Service>,
}

impl<M: Payload> Sender<M> {
    /// Wakes whoever sleeps on the event, which is a service of its own.
    fn notify(&self) -> Result {
        self.notifier.notify()?;
        Ok(())
    }
}

impl<M: Payload> Tx<M> for Sender<M> {
    #[inline]
    fn send_one(&mut self, message: M) -> Result<bool> {
        Ok(self.send(&[message])? == 1)
    }

    #[inline]
    fn send(&mut self, batch: &[M]) -> Result<usize> {
        let sample = self.publishers[service_of(batch.len())].loan_slice_uninit(batch.len())?;
        sample.write_from_slice(words(batch)).send()?;
        Ok(batch.len())
    }

    fn send_waking(&mut self, message: M) -> Result {
        self.send(&[message])?;
        self.notify()
    }
}

pub(crate) struct Receiver<M: Payload> {
    subscribers: Vec<Subscribe<M>>,
    listener: Listener<Service>,
    _node: Node<Service>,
}

impl<M: Payload> Rx<M> for Receiver<M> {
    #[inline]
    fn receive_one(&mut self) -> Result<Option<M>> {
        let sample = self.subscribers[0].receive()?;
        Ok(sample.map(|sample| messages::<M>(sample.payload())[0]))
    }

    #[inline]
    fn receive(&mut self, buffer: &mut [M]) -> Result<(usize, u64)> {
        let sample = self.subscribers[service_of(buffer.len())].receive()?;
        Ok(sample.map_or((0, 0), |sample| taken(messages::<M>(sample.payload()))))
    }

    fn block(&mut self) -> Result<M> {
        loop {
            // In front of the wait: two events may have been one to the listener.
            if let Some(message) = self.receive_one()? {
                return Ok(message);
            }
            self.listener.blocking_wait(|_| ())?;
        }
    }
}
