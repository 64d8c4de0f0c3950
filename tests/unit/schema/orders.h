// An order that nothing is wrong with, for tests that make one thing wrong.
#ifndef SELFSAME_TESTS_UNIT_SCHEMA_ORDERS_H_
#define SELFSAME_TESTS_UNIT_SCHEMA_ORDERS_H_

#include "shop/v1/shop.pb.h"

namespace selfsame::test {

inline shop::v1::Order GoodOrder() {
  shop::v1::Order order;
  order.set_order_id("o-1");
  order.set_total(9.5);
  auto& item = *order.add_items();
  item.set_sku("AB-1");
  item.set_quantity(2);
  return order;
}

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_UNIT_SCHEMA_ORDERS_H_
