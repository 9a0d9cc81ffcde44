/* What stands for no value, whatever the compiler is told of NaNs; and the ends of ranges. */
#include "nulls.h"
#include "check.h"

int main(void)
{
    example_Quote quote = ZERO;
    CHECK(!example_Quote_order_is_null(&quote));
    CHECK(example_Quote_maker_is_null(&quote));
    CHECK(!example_Quote_mid_is_null(&quote));
    CHECK(!example_Quote_mid32_is_null(&quote));
    CHECK(!example_Quote_worst_is_null(&quote));
    CHECK(!example_Quote_side_is_null(&quote));

    quote.order = EXAMPLE_QUOTE_ORDER_NULL;
    quote.maker = EXAMPLE_QUOTE_MAKER_MIN;
    quote.mid = EXAMPLE_QUOTE_MID_NULL;
    quote.mid32 = EXAMPLE_QUOTE_MID32_NULL;
    quote.worst = EXAMPLE_QUOTE_WORST_NULL;
    quote.side = EXAMPLE_QUOTE_SIDE_NULL;
    CHECK(example_Quote_order_is_null(&quote));
    CHECK(!example_Quote_maker_is_null(&quote));
    CHECK(example_Quote_mid_is_null(&quote));
    CHECK(example_Quote_mid32_is_null(&quote));
    CHECK(example_Quote_worst_is_null(&quote));
    CHECK(example_Quote_side_is_null(&quote));
    /* The quiet NaN that every language writes. */
    CHECK(bits64(quote.mid) == UINT64_C(0x7ff8000000000000));
    CHECK(bits32(quote.mid32) == UINT32_C(0x7fc00000));

    /* A NaN of another kind or sign is one too, and infinity is a number. */
    quote.mid = f64(UINT64_C(0xfff0000000000001));
    quote.mid32 = f32(UINT32_C(0x7f800001));
    CHECK(example_Quote_mid_is_null(&quote));
    CHECK(example_Quote_mid32_is_null(&quote));
    quote.mid = f64(UINT64_C(0xfff0000000000000));
    quote.mid32 = f32(UINT32_C(0x7f800000));
    CHECK(!example_Quote_mid_is_null(&quote));
    CHECK(!example_Quote_mid32_is_null(&quote));

    CHECK(bits64(EXAMPLE_QUOTE_MID_MAX) == UINT64_C(0x7ff0000000000000));
    CHECK(sizeof EXAMPLE_QUOTE_MID_NULL == 8 && sizeof EXAMPLE_QUOTE_MID32_NULL == 4);
    CHECK(EXAMPLE_QUOTE_SMALL_MIN == -5 && EXAMPLE_QUOTE_SMALL_MAX == 5);
    CHECK(EXAMPLE_QUOTE_MAKER_MAX == UINT64_MAX);
    CHECK(bits32(EXAMPLE_QUOTE_WORST_MAX) == bits32(99.9f));
    return failures != 0;
}
