const _: () = {
    #[allow(deprecated)]
    #[automatically_derived]
    impl ::ringgen::__private::Described for Depth {
        const PARTS: (
            &'static [::ringgen::__private::proof::Member<'static>],
            fn(&mut Self),
        ) = {
            let _: fn(&Self) = |Self { price: _, quantity: _, orders: _ }| ();
            (
                &[
                    ::ringgen::__private::member(
                        "price",
                        |__ring: &Self| &__ring.price,
                        ::ringgen::__private::offset_of!(Self, price),
                        ::ringgen::__private::Note {
                            doc: "",
                            unit: "",
                            epoch: "",
                            ..::ringgen::__private::Note::NONE
                        },
                    ),
                    ::ringgen::__private::member(
                        "quantity",
                        |__ring: &Self| &__ring.quantity,
                        ::ringgen::__private::offset_of!(Self, quantity),
                        ::ringgen::__private::Note {
                            doc: "",
                            unit: "",
                            epoch: "",
                            ..::ringgen::__private::Note::NONE
                        },
                    ),
                    ::ringgen::__private::member(
                        "orders",
                        |__ring: &Self| &__ring.orders,
                        ::ringgen::__private::offset_of!(Self, orders),
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
            ::ringgen::__private::StructKind::Struct,
            "Level",
            <Self as ::ringgen::__private::Described>::MEMBERS,
            &::ringgen::__private::proof::place::<
                3usize,
            >(<Self as ::ringgen::__private::Described>::MEMBERS),
            ::ringgen::__private::align_of::<Self>(),
            "",
        );
    }
    #[automatically_derived]
    unsafe impl ::ringgen::__private::Pod for Depth
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
    #[allow(dead_code)]
    #[automatically_derived]
    impl Depth
    where
        for<'__ring> Self: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        /// The value whose bytes are all zero, padding too.
        pub(crate) const ZERO: Self = ::ringgen::__private::zeroed();
        /// The fingerprint of the layout, the same in every language.
        pub(crate) const LAYOUT_HASH: ::ringgen::__private::Hash = <Self as ::ringgen::__private::Described>::STRUCT
            .layout_hash();
    }
    const _: () = ::ringgen::__private::check_copy::<Depth>();
    const _: () = ::ringgen::__private::proof::check_field(
        <Depth as ::ringgen::__private::Described>::MEMBERS,
        0usize,
        0u32,
    );
    const _: () = ::ringgen::__private::proof::check_field(
        <Depth as ::ringgen::__private::Described>::MEMBERS,
        1usize,
        0u32,
    );
    const _: () = ::ringgen::__private::proof::check_field(
        <Depth as ::ringgen::__private::Described>::MEMBERS,
        2usize,
        0u32,
    );
    const _: () = ::ringgen::__private::proof::check_end(
        "Level",
        <Depth as ::ringgen::__private::Described>::MEMBERS,
        ::ringgen::__private::size_of::<Depth>(),
        ::ringgen::__private::align_of::<Depth>(),
        0u32,
    );
    const __RINGGEN_SCHEMA: ::ringgen::__private::Struct<'static> = ::ringgen::__private::Struct {
        kind: ::ringgen::__private::StructKind::Struct,
        name: "Level",
        size: 16u32,
        align: 8u32,
        fields: &[
            ::ringgen::__private::Field {
                name: "price",
                offset: 0u32,
                ty: ::ringgen::__private::Type::scalar(
                    ::ringgen::__private::Scalar::F64,
                ),
                note: ::ringgen::__private::Note::NONE,
            },
            ::ringgen::__private::Field {
                name: "quantity",
                offset: 8u32,
                ty: ::ringgen::__private::Type::scalar(
                    ::ringgen::__private::Scalar::U32,
                ),
                note: ::ringgen::__private::Note::NONE,
            },
            ::ringgen::__private::Field {
                name: "orders",
                offset: 12u32,
                ty: ::ringgen::__private::Type::scalar(
                    ::ringgen::__private::Scalar::U32,
                ),
                note: ::ringgen::__private::Note::NONE,
            },
        ],
        doc: "",
    };
    const _: () = ::ringgen::__private::proof::check_like(
        &<Depth as ::ringgen::__private::Described>::STRUCT,
        &__RINGGEN_SCHEMA,
        "price",
        "f64",
        "../schemas/market.toml",
    );
    const _: () = ::ringgen::__private::proof::check_like(
        &<Depth as ::ringgen::__private::Described>::STRUCT,
        &__RINGGEN_SCHEMA,
        "quantity",
        "u32",
        "../schemas/market.toml",
    );
    const _: () = ::ringgen::__private::proof::check_like(
        &<Depth as ::ringgen::__private::Described>::STRUCT,
        &__RINGGEN_SCHEMA,
        "orders",
        "u32",
        "../schemas/market.toml",
    );
    const _: () = ::ringgen::__private::proof::check_whole(
        &<Depth as ::ringgen::__private::Described>::STRUCT,
        &__RINGGEN_SCHEMA,
        "../schemas/market.toml",
    );
    const _: () = {
        let _ = ::ringgen::__private::include_bytes!(
            "$CARGO_MANIFEST_DIR/../schemas/market.toml"
        );
        let _ = ::ringgen::__private::include_bytes!(
            "$CARGO_MANIFEST_DIR/../schemas/ringgen.lock"
        );
    };
};
#[allow(dead_code, deprecated, missing_docs, non_camel_case_types, non_snake_case)]
const _: () = {
    #[derive(
        ::ringgen::__private::Clone,
        ::ringgen::__private::Copy,
        ::ringgen::__private::Debug
    )]
    pub(crate) struct DepthView<'__ring> {
        spot: ::ringgen::__private::Spot<'__ring, Depth>,
    }
    #[derive(::ringgen::__private::Debug)]
    pub(crate) struct DepthSlot<'__ring> {
        spot: ::ringgen::__private::SpotMut<'__ring, Depth>,
    }
    #[automatically_derived]
    impl ::ringgen::__private::InPlace for Depth
    where
        for<'__of> Depth: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        type View<'__ring> = DepthView<'__ring>;
        type Slot<'__ring> = DepthSlot<'__ring>;
        #[inline]
        fn view(spot: ::ringgen::__private::Spot<'_, Self>) -> DepthView<'_> {
            DepthView { spot }
        }
        #[inline]
        fn slot(spot: ::ringgen::__private::SpotMut<'_, Self>) -> DepthSlot<'_> {
            DepthSlot { spot }
        }
    }
    #[automatically_derived]
    impl ::ringgen::__private::From<DepthView<'_>> for Depth
    where
        for<'__of> Depth: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        #[inline]
        fn from(view: DepthView<'_>) -> Self {
            view.spot.load()
        }
    }
    #[automatically_derived]
    impl<'__ring> DepthView<'__ring>
    where
        for<'__of> Depth: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        #[inline]
        fn price(self) -> <f64 as ::ringgen::__private::InPlace>::View<'__ring>
        where
            for<'__of> f64: ::ringgen::__private::InPlace,
        {
            self.spot.view::<f64>(::ringgen::__private::offset_of!(Depth, price))
        }
        #[inline]
        fn quantity(self) -> <u32 as ::ringgen::__private::InPlace>::View<'__ring>
        where
            for<'__of> u32: ::ringgen::__private::InPlace,
        {
            self.spot.view::<u32>(::ringgen::__private::offset_of!(Depth, quantity))
        }
        #[inline]
        fn orders(self) -> <u32 as ::ringgen::__private::InPlace>::View<'__ring>
        where
            for<'__of> u32: ::ringgen::__private::InPlace,
        {
            self.spot.view::<u32>(::ringgen::__private::offset_of!(Depth, orders))
        }
    }
    #[automatically_derived]
    impl DepthSlot<'_>
    where
        for<'__of> Depth: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        #[inline]
        fn set_price(&mut self, value: f64)
        where
            for<'__of> f64: ::ringgen::__private::InPlace,
        {
            self.spot.put::<f64>(::ringgen::__private::offset_of!(Depth, price), value);
        }
        #[inline]
        fn set_quantity(&mut self, value: u32)
        where
            for<'__of> u32: ::ringgen::__private::InPlace,
        {
            self.spot
                .put::<u32>(::ringgen::__private::offset_of!(Depth, quantity), value);
        }
        #[inline]
        fn set_orders(&mut self, value: u32)
        where
            for<'__of> u32: ::ringgen::__private::InPlace,
        {
            self.spot.put::<u32>(::ringgen::__private::offset_of!(Depth, orders), value);
        }
    }
    #[automatically_derived]
    impl ::ringgen::__private::Sample for Depth
    where
        for<'__of> Depth: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        #[inline]
        fn sample<__Lazy>() -> &'static Self {
            const { &::ringgen::__private::zeroed() }
        }
    }
};
