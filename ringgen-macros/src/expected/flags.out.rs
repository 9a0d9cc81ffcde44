const _: () = {
    #[automatically_derived]
    impl ::ringgen::__private::DescribedEnum for Conditions {
        const ENUM: ::ringgen::__private::Enum<'static> = {
            let _: fn(&Self) = |Self(_)| ();
            ::ringgen::__private::Enum {
                kind: ::ringgen::__private::EnumKind::Flags,
                name: "Conditions",
                repr: ::ringgen::__private::proof::repr(
                    "Conditions",
                    ::ringgen::__private::type_of_field(|__ring: &Self| &__ring.0),
                    ::ringgen::__private::size_of::<Self>(),
                ),
                values: &[
                    ::ringgen::__private::Value {
                        name: "OddLot",
                        value: 1i128,
                        note: ::ringgen::__private::Note {
                            doc: "",
                            ..::ringgen::__private::Note::NONE
                        },
                    },
                    ::ringgen::__private::Value {
                        name: "Cancelled",
                        value: 32768i128,
                        note: ::ringgen::__private::Note {
                            doc: "",
                            ..::ringgen::__private::Note::NONE
                        },
                    },
                ],
                doc: "",
            }
        };
    }
    #[automatically_derived]
    unsafe impl ::ringgen::__private::Pod for Conditions
    where
        for<'__ring> Self: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        const TYPE: ::ringgen::__private::Type<'static> = <Conditions as ::ringgen::__private::DescribedEnum>::ENUM
            .as_type();
        fn describe(canonical: &mut ::ringgen::__private::Canonical) {
            canonical
                .add_enum(&<Conditions as ::ringgen::__private::DescribedEnum>::ENUM)
        }
    }
    #[automatically_derived]
    impl ::ringgen::__private::Whole for Conditions
    where
        for<'__ring> Self: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {}
    const _: () = ::ringgen::__private::check_copy::<Conditions>();
    const _: () = ::ringgen::__private::proof::check_value(
        &<Conditions as ::ringgen::__private::DescribedEnum>::ENUM,
        0usize,
    );
    const _: () = ::ringgen::__private::proof::check_value(
        &<Conditions as ::ringgen::__private::DescribedEnum>::ENUM,
        1usize,
    );
};
