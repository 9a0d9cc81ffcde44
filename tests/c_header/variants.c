/* A variant, from both sides: what a program writes, and what it makes of a tag that it does not know. */
#include "variants.h"
#include "check.h"

static int64_t price_of(const example_Event *event)
{
    switch (event->tag) {
    case EXAMPLE_EVENT_BOOK: return event->payload.book.levels[0].price;
    case EXAMPLE_EVENT_WORST: return event->payload.worst.price;
    case EXAMPLE_EVENT_HEARTBEAT: return 0;
    default: return -event->payload._bytes[0];
    }
}

int main(void)
{
    example_Event event = ZERO;
    event.tag = EXAMPLE_EVENT_WORST;
    event.payload.worst.price = 5;
    event.payload.worst.quantity = UINT32_C(0x01020304);
    CHECK(price_of(&event) == 5);
    CHECK(event.payload._bytes[0] == 5 && event.payload._bytes[8] == 4 && event.payload._bytes[11] == 1);
    print(&event, sizeof event);

    event.tag = 1234;
    event.payload._bytes[0] = 99;
    CHECK(price_of(&event) == -99);

    /* The smallest case in the largest room: the rest of it is zero. */
    example_Event small = ZERO;
    small.tag = EXAMPLE_EVENT_HEARTBEAT;
    small.payload.heartbeat.count = 7;
    CHECK(price_of(&small) == 0);
    print(&small, sizeof small);

    example_Frame frame = ZERO;
    frame.rest[1].tag = EXAMPLE_WIDE_HEARTBEAT;
    frame.rest[1].payload.heartbeat.count = 1;
    CHECK(frame.rest[1].tag == UINT64_MAX);
    frame.more_len = 2;
    CHECK(example_Frame_more_count(&frame) == 2);
    frame.more_len = 4000000000;
    CHECK(example_Frame_more_count(&frame) == 3);
    return failures != 0;
}
