/* What a header brings along besides the layout, seen from a program; C and C++ at once. */
#include "market.h"
#include "check.h"

static void text_is_set_whole_or_not_at_all(void)
{
    market_Trade trade = ZERO;
    CHECK(market_str_length(trade.symbol, sizeof trade.symbol) == 0);

    CHECK(market_str_set(trade.symbol, sizeof trade.symbol, "ACME"));
    CHECK(memcmp(trade.symbol, "ACME\0\0\0\0", 8) == 0);
    CHECK(market_str_length(trade.symbol, sizeof trade.symbol) == 4);

    /* All eight bytes, and no NUL: what lies behind is not looked at. */
    trade.side = 7;
    CHECK(market_str_set(trade.symbol, sizeof trade.symbol, "EIGHTBYT"));
    CHECK(memcmp(trade.symbol, "EIGHTBYT", 8) == 0);
    CHECK(market_str_length(trade.symbol, sizeof trade.symbol) == 8);

    CHECK(!market_str_set(trade.symbol, sizeof trade.symbol, "NINE BYTE"));
    CHECK(memcmp(trade.symbol, "EIGHTBYT", 8) == 0);

    /* Of what was there before, nothing is left to a peer. */
    CHECK(market_str_set(trade.symbol, sizeof trade.symbol, ""));
    CHECK(memcmp(trade.symbol, "\0\0\0\0\0\0\0\0", 8) == 0);
    CHECK(trade.side == 7);
}

static void values_have_names(void)
{
    CHECK(strcmp(market_Side_name(MARKET_SIDE_BUY), "Buy") == 0);
    CHECK(strcmp(market_Side_name(MARKET_SIDE_UNKNOWN), "Unknown") == 0);
    CHECK(market_Side_name(200) == NULL);
}

/* Constants stand where C asks for one that it knows while it compiles. */
#if MARKET_DEPTH != 5 || MARKET_CONDITIONS_CANCELLED != 0x8000 || MARKET_NO_ORDER_ID != 0xFFFFFFFFFFFFFFFF
#error "a constant has another value"
#endif
static market_Level levels[MARKET_DEPTH];
static const market_Trade trades[] = { { 1, 101.25, 300, { 'A' }, MARKET_SIDE_SELL, { 0 }, MARKET_CONDITIONS_ODD_LOT, 0 } };

static void constants_are_constant(void)
{
    CHECK(sizeof levels == sizeof((market_Book *)NULL)->bids);
    switch (trades[0].side) {
    case MARKET_SIDE_SELL: break;
    default: CHECK(false);
    }
    market_Conditions conditions = MARKET_CONDITIONS_ODD_LOT | MARKET_CONDITIONS_CANCELLED;
    CHECK(conditions & MARKET_CONDITIONS_CANCELLED);
    CHECK(!(conditions & MARKET_CONDITIONS_AUCTION));
}

int main(void)
{
    text_is_set_whole_or_not_at_all();
    values_have_names();
    constants_are_constant();
    return failures != 0;
}
