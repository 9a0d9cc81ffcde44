const _: () = {
    #[automatically_derived]
    impl market::reexported::__private::DescribedEnum for Side {
        const ENUM: market::reexported::__private::Enum<'static> = {
            let _: fn(&Self) = |Self(_)| ();
            market::reexported::__private::Enum {
                kind: market::reexported::__private::EnumKind::Enum,
                name: "Side",
                repr: market::reexported::__private::proof::repr(
                    "Side",
                    market::reexported::__private::type_of_field(|__ring: &Self| {
                        &__ring.0
                    }),
                    market::reexported::__private::size_of::<Self>(),
                ),
                values: &[
                    market::reexported::__private::Value {
                        name: "Unknown",
                        value: 0i128,
                        note: market::reexported::__private::Note {
                            doc: "",
                            ..market::reexported::__private::Note::NONE
                        },
                    },
                    market::reexported::__private::Value {
                        name: "Buy",
                        value: 1i128,
                        note: market::reexported::__private::Note {
                            doc: "Lifted the offer.",
                            ..market::reexported::__private::Note::NONE
                        },
                    },
                    market::reexported::__private::Value {
                        name: "Self",
                        value: -3i128,
                        note: market::reexported::__private::Note {
                            doc: "",
                            ..market::reexported::__private::Note::NONE
                        },
                    },
                ],
                doc: "",
            }
        };
    }
    #[automatically_derived]
    unsafe impl market::reexported::__private::Pod for Side
    where
        for<'__ring> Self: market::reexported::__private::Copy
            + market::reexported::__private::Send + market::reexported::__private::Sync,
    {
        const TYPE: market::reexported::__private::Type<'static> = <Side as market::reexported::__private::DescribedEnum>::ENUM
            .as_type();
        fn describe(canonical: &mut market::reexported::__private::Canonical) {
            canonical
                .add_enum(&<Side as market::reexported::__private::DescribedEnum>::ENUM)
        }
    }
    #[automatically_derived]
    impl market::reexported::__private::Whole for Side
    where
        for<'__ring> Self: market::reexported::__private::Copy
            + market::reexported::__private::Send + market::reexported::__private::Sync,
    {}
    #[automatically_derived]
    impl market::reexported::__private::Nullable for Side
    where
        for<'__ring> Self: market::reexported::__private::Copy
            + market::reexported::__private::Send + market::reexported::__private::Sync,
    {
        fn number(self) -> market::reexported::__private::Number {
            market::reexported::__private::Nullable::number(self.0)
        }
        #[inline]
        fn is(self, other: Self) -> market::reexported::__private::bool {
            market::reexported::__private::Nullable::is(self.0, other.0)
        }
    }
    const _: () = market::reexported::__private::check_copy::<Side>();
    const _: () = market::reexported::__private::proof::check_value(
        &<Side as market::reexported::__private::DescribedEnum>::ENUM,
        0usize,
    );
    const _: () = market::reexported::__private::proof::check_value(
        &<Side as market::reexported::__private::DescribedEnum>::ENUM,
        1usize,
    );
    const _: () = market::reexported::__private::proof::check_value(
        &<Side as market::reexported::__private::DescribedEnum>::ENUM,
        2usize,
    );
};
