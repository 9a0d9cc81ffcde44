::core::compile_error! {
    "ringgen [R001]: `String` keeps its text on the heap of one process\nhelp: write `body: Str<16>`"
}
::core::compile_error! {
    "ringgen [R022]: Rust's `bool` may only be 0 or 1, and a peer may send any byte\nhelp: write `halted: Bool`"
}
const _: () = {
    #[automatically_derived]
    unsafe impl ::ringgen::__private::Pod for Note
    where
        for<'__ring> Self: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync + 'static,
    {
        const TYPE: ::ringgen::__private::Type<'static> = ::ringgen::__private::Type::scalar(
            ::ringgen::__private::Scalar::U8,
        );
    }
    #[automatically_derived]
    impl ::ringgen::__private::Whole for Note
    where
        for<'__ring> Self: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync + 'static,
    {}
    #[automatically_derived]
    unsafe impl ::ringgen::__private::Message for Note
    where
        for<'__ring> Self: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync + 'static,
    {
        const NAME: &'static ::ringgen::__private::str = "";
        const LAYOUT_HASH: ::ringgen::__private::Hash = ::ringgen::__private::Hash::of(
            b"",
        );
        const PACKAGE_VERSION: ::ringgen::__private::u32 = 0;
        fn schema_text() -> ::ringgen::__private::Cow<
            'static,
            ::ringgen::__private::str,
        > {
            ::ringgen::__private::Cow::Borrowed("")
        }
    }
    #[allow(dead_code)]
    impl Note
    where
        for<'__ring> Self: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync + 'static,
    {
        const ZERO: Self = ::ringgen::__private::zeroed();
        const LAYOUT_HASH: ::ringgen::__private::Hash = ::ringgen::__private::Hash::of(
            b"",
        );
    }
    #[automatically_derived]
    impl ::ringgen::__private::Described for Note {
        const PARTS: (
            &'static [::ringgen::__private::proof::Member<'static>],
            fn(&mut Self),
        ) = (
            &[
                ::ringgen::__private::member(
                    "id",
                    |__ring: &Self| &__ring.id,
                    ::ringgen::__private::offset_of!(Self, id),
                    ::ringgen::__private::Note {
                        doc: "",
                        unit: "",
                        epoch: "",
                        ..::ringgen::__private::Note::NONE
                    },
                ),
            ],
            |_| (),
        );
        const STRUCT: ::ringgen::__private::Struct<'static> = ::ringgen::__private::proof::structure(
            ::ringgen::__private::StructKind::Struct,
            "",
            &[],
            &[],
            1,
            "",
        );
    }
};
