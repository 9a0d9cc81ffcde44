const _: () = {
    #[allow(deprecated)]
    #[automatically_derived]
    impl ::ringgen::__private::DescribedVariant for ByHand {
        const MEMBERS: &'static [::ringgen::__private::proof::Member<'static>] = {
            let _: fn(&Self) = |Self { tag: _, payload: _ }| ();
            &[
                ::ringgen::__private::member(
                    "tag",
                    |__ring: &Self| &__ring.tag,
                    ::ringgen::__private::offset_of!(Self, tag),
                    ::ringgen::__private::Note {
                        doc: "",
                        unit: "",
                        epoch: "",
                        ..::ringgen::__private::Note::NONE
                    },
                ),
                ::ringgen::__private::member(
                    "payload",
                    |__ring: &Self| &__ring.payload,
                    ::ringgen::__private::offset_of!(Self, payload),
                    ::ringgen::__private::Note {
                        doc: "",
                        unit: "",
                        epoch: "",
                        ..::ringgen::__private::Note::NONE
                    },
                ),
            ]
        };
        const CASES: &'static [::ringgen::__private::proof::CaseMember<'static>] = &[
            ::ringgen::__private::case(
                "Inner",
                18446744073709551615i128,
                View::Inner,
                ::ringgen::__private::Note {
                    doc: "",
                    ..::ringgen::__private::Note::NONE
                },
            ),
        ];
        const VARIANT: ::ringgen::__private::Variant<'static> = ::ringgen::__private::proof::variant(
            "Tagged",
            ::ringgen::__private::proof::tag(
                <Self as ::ringgen::__private::DescribedVariant>::MEMBERS[0].ty,
            ),
            &::ringgen::__private::proof::cases::<
                1usize,
            >(<Self as ::ringgen::__private::DescribedVariant>::CASES),
            "",
        );
    }
    #[automatically_derived]
    unsafe impl ::ringgen::__private::Pod for ByHand
    where
        for<'__ring> Self: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        const TYPE: ::ringgen::__private::Type<'static> = <Self as ::ringgen::__private::DescribedVariant>::VARIANT
            .as_type();
        fn describe(canonical: &mut ::ringgen::__private::Canonical) {
            ::ringgen::__private::describe_variant::<Self>(canonical)
        }
    }
    #[automatically_derived]
    unsafe impl ::ringgen::__private::Message for ByHand
    where
        for<'__ring> Self: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        const NAME: &'static ::ringgen::__private::str = "Tagged";
        const LAYOUT_HASH: ::ringgen::__private::Hash = <Self as ::ringgen::__private::DescribedVariant>::VARIANT
            .layout_hash();
        const PACKAGE_VERSION: ::ringgen::__private::u32 = 7u32;
        fn schema_text() -> ::ringgen::__private::Cow<
            'static,
            ::ringgen::__private::str,
        > {
            ::ringgen::__private::Cow::Borrowed(
                "variant Tagged 16 8 u64 8\n18446744073709551615 struct:Inner Inner\nstruct Inner 7 1\n0 1 u8 - tag\n1 5 str - text\n6 1 bool - flag\n#ringgen 1\n#package kitchen_sink 7\n#doc Tagged The tag is wider than what it selects.\n#doc Inner Seven bytes, aligned to 1.\n",
            )
        }
    }
    #[allow(dead_code)]
    #[automatically_derived]
    impl ByHand
    where
        for<'__ring> Self: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        /// The value whose bytes are all zero, padding too.
        const ZERO: Self = ::ringgen::__private::zeroed();
        /// The fingerprint of the layout, the same in every language.
        const LAYOUT_HASH: ::ringgen::__private::Hash = <Self as ::ringgen::__private::DescribedVariant>::VARIANT
            .layout_hash();
        /// The number that says which case it is.
        #[must_use]
        const fn tag(&self) -> u64 {
            self.tag
        }
        /// The case that it is, to `match` on.
        #[must_use]
        #[allow(deprecated, overflowing_literals, unreachable_patterns)]
        fn view(&self) -> View<'_> {
            match self.tag {
                18446744073709551615 => {
                    View::Inner(::ringgen::__private::case_in(&self.payload))
                }
                __tag => View::Unknown(__tag, &self.payload),
            }
        }
    }
    #[automatically_derived]
    #[allow(deprecated, overflowing_literals)]
    impl ::ringgen::__private::From<View<'_>> for ByHand
    where
        for<'__ring> Self: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        #[inline]
        fn from(view: View<'_>) -> Self {
            let mut __variant = Self::ZERO;
            match view {
                View::Inner(__case) => {
                    __variant.tag = 18446744073709551615;
                    ::ringgen::__private::put_case(&mut __variant.payload, __case);
                }
                View::Unknown(__tag, __payload) => {
                    __variant.tag = __tag;
                    __variant.payload = *__payload;
                }
            }
            __variant
        }
    }
    const _: () = ::ringgen::__private::check_copy::<ByHand>();
    const _: () = ::ringgen::__private::proof::check_field(
        <ByHand as ::ringgen::__private::DescribedVariant>::MEMBERS,
        0usize,
        0u32,
    );
    const _: () = ::ringgen::__private::proof::check_field(
        <ByHand as ::ringgen::__private::DescribedVariant>::MEMBERS,
        1usize,
        0u32,
    );
    const _: () = ::ringgen::__private::proof::check_case(
        &<ByHand as ::ringgen::__private::DescribedVariant>::VARIANT,
        0usize,
    );
    const _: () = ::ringgen::__private::proof::check_payload(
        &<ByHand as ::ringgen::__private::DescribedVariant>::VARIANT,
        <ByHand as ::ringgen::__private::DescribedVariant>::MEMBERS[1usize].ty,
        <ByHand as ::ringgen::__private::DescribedVariant>::MEMBERS[1usize].offset,
    );
    const _: () = ::ringgen::__private::proof::check_variant_end(
        &<ByHand as ::ringgen::__private::DescribedVariant>::VARIANT,
        <ByHand as ::ringgen::__private::DescribedVariant>::MEMBERS[1usize].ty,
        <ByHand as ::ringgen::__private::DescribedVariant>::MEMBERS[1usize].offset,
        ::ringgen::__private::size_of::<ByHand>(),
        ::ringgen::__private::align_of::<ByHand>(),
    );
    const _: () = ::ringgen::__private::proof::check_case_like(
        &<ByHand as ::ringgen::__private::DescribedVariant>::VARIANT,
        0usize,
        "Inner",
        ::ringgen::__private::Hash::from_u128(
            89596455529091054242610008106808715325u128,
        ),
        "../schemas/kitchen_sink.toml",
    );
    const _: () = ::ringgen::__private::proof::check_variant_like(
        &<ByHand as ::ringgen::__private::DescribedVariant>::VARIANT,
        ::ringgen::__private::Scalar::U64,
        &[
            ::ringgen::__private::Hash::from_u128(
                89596455529091054242610008106808715325u128,
            ),
        ],
        ::ringgen::__private::Hash::from_u128(
            43852911891837919718934977319764310886u128,
        ),
        "../schemas/kitchen_sink.toml",
    );
    const _: () = {
        let _ = ::ringgen::__private::include_bytes!(
            "$CARGO_MANIFEST_DIR/../schemas/kitchen_sink.toml"
        );
        let _ = ::ringgen::__private::include_bytes!(
            "$CARGO_MANIFEST_DIR/../schemas/clock.toml"
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
    struct ByHandView<'__ring> {
        spot: ::ringgen::__private::Spot<'__ring, ByHand>,
    }
    #[derive(::ringgen::__private::Debug)]
    struct ByHandSlot<'__ring> {
        spot: ::ringgen::__private::SpotMut<'__ring, ByHand>,
    }
    #[automatically_derived]
    impl ::ringgen::__private::InPlace for ByHand
    where
        for<'__of> ByHand: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        type View<'__ring> = ByHandView<'__ring>;
        type Slot<'__ring> = ByHandSlot<'__ring>;
        #[inline]
        fn view(spot: ::ringgen::__private::Spot<'_, Self>) -> ByHandView<'_> {
            ByHandView { spot }
        }
        #[inline]
        fn slot(spot: ::ringgen::__private::SpotMut<'_, Self>) -> ByHandSlot<'_> {
            ByHandSlot { spot }
        }
    }
    #[automatically_derived]
    impl ::ringgen::__private::From<ByHandView<'_>> for ByHand
    where
        for<'__of> ByHand: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        #[inline]
        fn from(view: ByHandView<'_>) -> Self {
            view.spot.load()
        }
    }
    #[automatically_derived]
    impl<'__ring> ByHandView<'__ring>
    where
        for<'__of> ByHand: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        /// The number that says which case it is.
        #[inline]
        fn tag(self) -> u64 {
            self.spot.field::<u64>(::ringgen::__private::offset_of!(ByHand, tag)).load()
        }
        /// The case of this constructor, if that is what it is.
        #[inline]
        fn case<__Case: ::ringgen::__private::Sample>(
            self,
            of: fn(&'static __Case) -> View<'static>,
        ) -> ::ringgen::__private::Option<
            <__Case as ::ringgen::__private::InPlace>::View<'__ring>,
        > {
            if self.tag()
                == <ByHand as ::ringgen::__private::From<
                    View<'_>,
                >>::from(of(__Case::sample::<__Case>()))
                    .tag
            {
                ::ringgen::__private::Some(
                    self
                        .spot
                        .view::<
                            __Case,
                        >(::ringgen::__private::offset_of!(ByHand, payload)),
                )
            } else {
                ::ringgen::__private::None
            }
        }
        /// The bytes of the case, whatever it is.
        #[inline]
        fn payload(self) -> <[u8; 8] as ::ringgen::__private::InPlace>::View<'__ring> {
            self.spot.view::<[u8; 8]>(::ringgen::__private::offset_of!(ByHand, payload))
        }
    }
    #[automatically_derived]
    impl ByHandSlot<'_>
    where
        for<'__of> ByHand: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        /// Makes it the case of this constructor, blank, to be set field by field.
        #[inline]
        fn case<__Case: ::ringgen::__private::Sample>(
            &mut self,
            of: fn(&'static __Case) -> View<'static>,
        ) -> <__Case as ::ringgen::__private::InPlace>::Slot<'_> {
            self.set_case(of(__Case::sample::<__Case>()));
            self.spot
                .put::<
                    __Case,
                >(
                    ::ringgen::__private::offset_of!(ByHand, payload),
                    <__Case as ::ringgen::__private::Pod>::blank(),
                );
            self.spot.slot::<__Case>(::ringgen::__private::offset_of!(ByHand, payload))
        }
        /// Stores this case; the rest of the payload is zero.
        #[inline]
        fn set_case(&mut self, case: View<'_>) {
            self.spot
                .store(&<ByHand as ::ringgen::__private::From<View<'_>>>::from(case));
        }
    }
};
