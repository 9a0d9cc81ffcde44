const _: () = {
    #[allow(deprecated)]
    #[automatically_derived]
    impl ::ringgen::__private::Described for Trade {
        const PARTS: (
            &'static [::ringgen::__private::proof::Member<'static>],
            fn(&mut Self),
        ) = {
            let _: fn(&Self) = |Self { id: _, price: _, r#kind: _, _pad0: _ }| ();
            (
                &[
                    ::ringgen::__private::member(
                        "id",
                        |__ring: &Self| &__ring.id,
                        ::ringgen::__private::offset_of!(Self, id),
                        ::ringgen::__private::Note {
                            doc: "Counts up.",
                            unit: "",
                            epoch: "",
                            ..::ringgen::__private::Note::NONE
                        },
                    ),
                    ::ringgen::__private::member(
                        "price",
                        |__ring: &Self| &__ring.price,
                        ::ringgen::__private::offset_of!(Self, price),
                        ::ringgen::__private::Note {
                            doc: "",
                            unit: "USD",
                            epoch: "",
                            ..::ringgen::__private::Note::NONE
                        },
                    ),
                    ::ringgen::__private::member(
                        "type",
                        |__ring: &Self| &__ring.r#kind,
                        ::ringgen::__private::offset_of!(Self, r#kind),
                        ::ringgen::__private::Note {
                            doc: "",
                            unit: "",
                            epoch: "unix",
                            ..::ringgen::__private::Note::NONE
                        },
                    ),
                    ::ringgen::__private::member(
                        "_pad0",
                        |__ring: &Self| &__ring._pad0,
                        ::ringgen::__private::offset_of!(Self, _pad0),
                        ::ringgen::__private::Note {
                            doc: "",
                            unit: "",
                            epoch: "",
                            ..::ringgen::__private::Note::NONE
                        },
                    ),
                ],
                |_| (),
            )
        };
        const STRUCT: ::ringgen::__private::Struct<'static> = ::ringgen::__private::proof::structure(
            ::ringgen::__private::StructKind::Message,
            "Trade",
            <Self as ::ringgen::__private::Described>::MEMBERS,
            &::ringgen::__private::proof::place::<
                4usize,
            >(<Self as ::ringgen::__private::Described>::MEMBERS),
            ::ringgen::__private::align_of::<Self>(),
            "Shares that changed hands.",
        );
    }
    #[automatically_derived]
    unsafe impl ::ringgen::__private::Pod for Trade
    where
        for<'__ring> Self: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        const TYPE: ::ringgen::__private::Type<'static> = <Self as ::ringgen::__private::Described>::STRUCT
            .as_type();
        fn describe(canonical: &mut ::ringgen::__private::Canonical) {
            ::ringgen::__private::describe::<Self>(canonical)
        }
        #[inline]
        fn blank() -> Self {
            let mut blank = ::ringgen::__private::zeroed();
            (<Self as ::ringgen::__private::Described>::PARTS.1)(&mut blank);
            blank
        }
    }
    #[automatically_derived]
    unsafe impl ::ringgen::__private::Message for Trade
    where
        for<'__ring> Self: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        const NAME: &'static ::ringgen::__private::str = "Trade";
        const LAYOUT_HASH: ::ringgen::__private::Hash = <Self as ::ringgen::__private::Described>::STRUCT
            .layout_hash();
        const PACKAGE_VERSION: ::ringgen::__private::u32 = 3u32;
        fn schema_text() -> ::ringgen::__private::Cow<
            'static,
            ::ringgen::__private::str,
        > {
            ::ringgen::__private::schema_text::<
                Self,
            >(
                ::ringgen::__private::Some(::ringgen::__private::Package {
                    name: "market",
                    version: 3u32,
                }),
            )
        }
    }
    #[allow(dead_code)]
    #[automatically_derived]
    impl Trade
    where
        for<'__ring> Self: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        /// The value whose bytes are all zero, padding too.
        pub const ZERO: Self = ::ringgen::__private::zeroed();
        /// The fingerprint of the layout, the same in every language.
        pub const LAYOUT_HASH: ::ringgen::__private::Hash = <Self as ::ringgen::__private::Described>::STRUCT
            .layout_hash();
    }
    const _: () = ::ringgen::__private::check_copy::<Trade>();
    const _: () = ::ringgen::__private::proof::check_field(
        <Trade as ::ringgen::__private::Described>::MEMBERS,
        0usize,
        1u32,
    );
    const _: () = ::ringgen::__private::proof::check_field(
        <Trade as ::ringgen::__private::Described>::MEMBERS,
        1usize,
        1u32,
    );
    const _: () = ::ringgen::__private::proof::check_field(
        <Trade as ::ringgen::__private::Described>::MEMBERS,
        2usize,
        1u32,
    );
    const _: () = ::ringgen::__private::proof::check_field(
        <Trade as ::ringgen::__private::Described>::MEMBERS,
        3usize,
        1u32,
    );
    const _: () = ::ringgen::__private::proof::check_end(
        "Trade",
        <Trade as ::ringgen::__private::Described>::MEMBERS,
        ::ringgen::__private::size_of::<Trade>(),
        ::ringgen::__private::align_of::<Trade>(),
        1u32,
    );
};
#[allow(dead_code, deprecated, missing_docs, non_camel_case_types, non_snake_case)]
const _: () = {
    #[derive(
        ::ringgen::__private::Clone,
        ::ringgen::__private::Copy,
        ::ringgen::__private::Debug
    )]
    pub struct TradeView<'__ring> {
        spot: ::ringgen::__private::Spot<'__ring, Trade>,
    }
    #[derive(::ringgen::__private::Debug)]
    pub struct TradeSlot<'__ring> {
        spot: ::ringgen::__private::SpotMut<'__ring, Trade>,
    }
    #[automatically_derived]
    impl ::ringgen::__private::InPlace for Trade
    where
        for<'__of> Trade: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        type View<'__ring> = TradeView<'__ring>;
        type Slot<'__ring> = TradeSlot<'__ring>;
        #[inline]
        fn view(spot: ::ringgen::__private::Spot<'_, Self>) -> TradeView<'_> {
            TradeView { spot }
        }
        #[inline]
        fn slot(spot: ::ringgen::__private::SpotMut<'_, Self>) -> TradeSlot<'_> {
            TradeSlot { spot }
        }
    }
    #[automatically_derived]
    impl ::ringgen::__private::From<TradeView<'_>> for Trade
    where
        for<'__of> Trade: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        #[inline]
        fn from(view: TradeView<'_>) -> Self {
            view.spot.load()
        }
    }
    #[automatically_derived]
    impl<'__ring> TradeView<'__ring>
    where
        for<'__of> Trade: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        ///Counts up.
        #[inline]
        pub fn id(self) -> <u64 as ::ringgen::__private::InPlace>::View<'__ring>
        where
            for<'__of> u64: ::ringgen::__private::InPlace,
        {
            self.spot.view::<u64>(::ringgen::__private::offset_of!(Trade, id))
        }
        #[inline]
        pub fn price(self) -> <f64 as ::ringgen::__private::InPlace>::View<'__ring>
        where
            for<'__of> f64: ::ringgen::__private::InPlace,
        {
            self.spot.view::<f64>(::ringgen::__private::offset_of!(Trade, price))
        }
        #[inline]
        fn r#kind(self) -> <u32 as ::ringgen::__private::InPlace>::View<'__ring>
        where
            for<'__of> u32: ::ringgen::__private::InPlace,
        {
            self.spot.view::<u32>(::ringgen::__private::offset_of!(Trade, r#kind))
        }
    }
    #[automatically_derived]
    impl TradeSlot<'_>
    where
        for<'__of> Trade: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        ///Counts up.
        #[inline]
        pub fn set_id(&mut self, value: u64)
        where
            for<'__of> u64: ::ringgen::__private::InPlace,
        {
            self.spot.put::<u64>(::ringgen::__private::offset_of!(Trade, id), value);
        }
        #[inline]
        pub fn set_price(&mut self, value: f64)
        where
            for<'__of> f64: ::ringgen::__private::InPlace,
        {
            self.spot.put::<f64>(::ringgen::__private::offset_of!(Trade, price), value);
        }
        #[inline]
        fn set_kind(&mut self, value: u32)
        where
            for<'__of> u32: ::ringgen::__private::InPlace,
        {
            self.spot.put::<u32>(::ringgen::__private::offset_of!(Trade, r#kind), value);
        }
    }
    #[automatically_derived]
    impl ::ringgen::__private::Sample for Trade
    where
        for<'__of> Trade: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        #[inline]
        fn sample<__Lazy>() -> &'static Self {
            const { &::ringgen::__private::zeroed() }
        }
    }
};
