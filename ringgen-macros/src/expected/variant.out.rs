const _: () = {
    #[allow(deprecated)]
    #[automatically_derived]
    impl ::ringgen::__private::DescribedVariant for Event {
        const MEMBERS: &'static [::ringgen::__private::proof::Member<'static>] = {
            let _: fn(&Self) = |Self { tag: _, _pad0: _, payload: _ }| ();
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
                "Trade",
                1i128,
                EventView::Trade,
                ::ringgen::__private::Note {
                    doc: "Shares that changed hands.",
                    ..::ringgen::__private::Note::NONE
                },
            ),
            ::ringgen::__private::case(
                "Top",
                65535i128,
                EventView::Best,
                ::ringgen::__private::Note {
                    doc: "",
                    ..::ringgen::__private::Note::NONE
                },
            ),
        ];
        const VARIANT: ::ringgen::__private::Variant<'static> = ::ringgen::__private::proof::variant(
            "Event",
            ::ringgen::__private::proof::tag(
                <Self as ::ringgen::__private::DescribedVariant>::MEMBERS[0].ty,
            ),
            &::ringgen::__private::proof::cases::<
                2usize,
            >(<Self as ::ringgen::__private::DescribedVariant>::CASES),
            "Whatever happens.",
        );
    }
    #[automatically_derived]
    unsafe impl ::ringgen::__private::Pod for Event
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
    unsafe impl ::ringgen::__private::Message for Event
    where
        for<'__ring> Self: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        const NAME: &'static ::ringgen::__private::str = "Event";
        const LAYOUT_HASH: ::ringgen::__private::Hash = <Self as ::ringgen::__private::DescribedVariant>::VARIANT
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
    impl Event
    where
        for<'__ring> Self: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        /// The value whose bytes are all zero, padding too.
        pub const ZERO: Self = ::ringgen::__private::zeroed();
        /// The fingerprint of the layout, the same in every language.
        pub const LAYOUT_HASH: ::ringgen::__private::Hash = <Self as ::ringgen::__private::DescribedVariant>::VARIANT
            .layout_hash();
        /// The number that says which case it is.
        #[must_use]
        pub const fn tag(&self) -> u16 {
            self.tag
        }
        /// The case that it is, to `match` on.
        #[must_use]
        #[allow(deprecated, overflowing_literals, unreachable_patterns)]
        pub fn view(&self) -> EventView<'_> {
            match self.tag {
                1 => EventView::Trade(::ringgen::__private::case_in(&self.payload)),
                65535 => EventView::Best(::ringgen::__private::case_in(&self.payload)),
                __tag => EventView::Unknown(__tag, &self.payload),
            }
        }
    }
    #[automatically_derived]
    #[allow(deprecated, overflowing_literals)]
    impl ::ringgen::__private::From<EventView<'_>> for Event
    where
        for<'__ring> Self: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        #[inline]
        fn from(view: EventView<'_>) -> Self {
            let mut __variant = Self::ZERO;
            match view {
                EventView::Trade(__case) => {
                    __variant.tag = 1;
                    ::ringgen::__private::put_case(&mut __variant.payload, __case);
                }
                EventView::Best(__case) => {
                    __variant.tag = 65535;
                    ::ringgen::__private::put_case(&mut __variant.payload, __case);
                }
                EventView::Unknown(__tag, __payload) => {
                    __variant.tag = __tag;
                    __variant.payload = *__payload;
                }
            }
            __variant
        }
    }
    const _: () = ::ringgen::__private::check_copy::<Event>();
    const _: () = ::ringgen::__private::proof::check_field(
        <Event as ::ringgen::__private::DescribedVariant>::MEMBERS,
        0usize,
        1u32,
    );
    const _: () = ::ringgen::__private::proof::check_field(
        <Event as ::ringgen::__private::DescribedVariant>::MEMBERS,
        1usize,
        1u32,
    );
    const _: () = ::ringgen::__private::proof::check_field(
        <Event as ::ringgen::__private::DescribedVariant>::MEMBERS,
        2usize,
        1u32,
    );
    const _: () = ::ringgen::__private::proof::check_case(
        &<Event as ::ringgen::__private::DescribedVariant>::VARIANT,
        0usize,
    );
    const _: () = ::ringgen::__private::proof::check_case(
        &<Event as ::ringgen::__private::DescribedVariant>::VARIANT,
        1usize,
    );
    const _: () = ::ringgen::__private::proof::check_payload(
        &<Event as ::ringgen::__private::DescribedVariant>::VARIANT,
        <Event as ::ringgen::__private::DescribedVariant>::MEMBERS[2usize].ty,
        <Event as ::ringgen::__private::DescribedVariant>::MEMBERS[2usize].offset,
    );
    const _: () = ::ringgen::__private::proof::check_variant_end(
        &<Event as ::ringgen::__private::DescribedVariant>::VARIANT,
        <Event as ::ringgen::__private::DescribedVariant>::MEMBERS[2usize].ty,
        <Event as ::ringgen::__private::DescribedVariant>::MEMBERS[2usize].offset,
        ::ringgen::__private::size_of::<Event>(),
        ::ringgen::__private::align_of::<Event>(),
    );
};
#[allow(dead_code, deprecated, missing_docs, non_camel_case_types, non_snake_case)]
const _: () = {
    #[derive(
        ::ringgen::__private::Clone,
        ::ringgen::__private::Copy,
        ::ringgen::__private::Debug
    )]
    pub struct EventView_<'__ring> {
        spot: ::ringgen::__private::Spot<'__ring, Event>,
    }
    #[derive(::ringgen::__private::Debug)]
    pub struct EventSlot<'__ring> {
        spot: ::ringgen::__private::SpotMut<'__ring, Event>,
    }
    #[automatically_derived]
    impl ::ringgen::__private::InPlace for Event
    where
        for<'__of> Event: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        type View<'__ring> = EventView_<'__ring>;
        type Slot<'__ring> = EventSlot<'__ring>;
        #[inline]
        fn view(spot: ::ringgen::__private::Spot<'_, Self>) -> EventView_<'_> {
            EventView_ { spot }
        }
        #[inline]
        fn slot(spot: ::ringgen::__private::SpotMut<'_, Self>) -> EventSlot<'_> {
            EventSlot { spot }
        }
    }
    #[automatically_derived]
    impl ::ringgen::__private::From<EventView_<'_>> for Event
    where
        for<'__of> Event: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        #[inline]
        fn from(view: EventView_<'_>) -> Self {
            view.spot.load()
        }
    }
    #[automatically_derived]
    impl<'__ring> EventView_<'__ring>
    where
        for<'__of> Event: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        /// The number that says which case it is.
        #[inline]
        pub fn tag(self) -> u16 {
            self.spot.field::<u16>(::ringgen::__private::offset_of!(Event, tag)).load()
        }
        /// The case of this constructor, if that is what it is.
        #[inline]
        pub fn case<__Case: ::ringgen::__private::Sample>(
            self,
            of: fn(&'static __Case) -> EventView<'static>,
        ) -> ::ringgen::__private::Option<
            <__Case as ::ringgen::__private::InPlace>::View<'__ring>,
        > {
            if self.tag()
                == <Event as ::ringgen::__private::From<
                    EventView<'_>,
                >>::from(of(__Case::sample::<__Case>()))
                    .tag
            {
                ::ringgen::__private::Some(
                    self
                        .spot
                        .view::<__Case>(::ringgen::__private::offset_of!(Event, payload)),
                )
            } else {
                ::ringgen::__private::None
            }
        }
        /// The bytes of the case, whatever it is.
        #[inline]
        pub fn payload(
            self,
        ) -> <[u8; 40] as ::ringgen::__private::InPlace>::View<'__ring> {
            self.spot.view::<[u8; 40]>(::ringgen::__private::offset_of!(Event, payload))
        }
    }
    #[automatically_derived]
    impl EventSlot<'_>
    where
        for<'__of> Event: ::ringgen::__private::Copy + ::ringgen::__private::Send
            + ::ringgen::__private::Sync,
    {
        /// Makes it the case of this constructor, blank, to be set field by field.
        #[inline]
        pub fn case<__Case: ::ringgen::__private::Sample>(
            &mut self,
            of: fn(&'static __Case) -> EventView<'static>,
        ) -> <__Case as ::ringgen::__private::InPlace>::Slot<'_> {
            self.set_case(of(__Case::sample::<__Case>()));
            self.spot
                .put::<
                    __Case,
                >(
                    ::ringgen::__private::offset_of!(Event, payload),
                    <__Case as ::ringgen::__private::Pod>::blank(),
                );
            self.spot.slot::<__Case>(::ringgen::__private::offset_of!(Event, payload))
        }
        /// Stores this case; the rest of the payload is zero.
        #[inline]
        pub fn set_case(&mut self, case: EventView<'_>) {
            self.spot
                .store(
                    &<Event as ::ringgen::__private::From<EventView<'_>>>::from(case),
                );
        }
    }
};
