const _: () = {
    #[allow(deprecated)]
    #[automatically_derived]
    impl ::ringgen::__private::Described for Trade {
        const MEMBERS: &'static [::ringgen::__private::proof::Member<'static>] = {
            let _: fn(&Self) = |Self { id: _, price: _, r#kind: _, _pad0: _ }| ();
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
            ]
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
