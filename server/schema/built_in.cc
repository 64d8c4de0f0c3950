#include <google/protobuf/descriptor.h>

#include "base/check.h"
#include "selfsame/schemas/account/v1/account.pb.h"
#include "selfsame/schemas/commerce/v1/commerce.pb.h"
#include "selfsame/schemas/messaging/v1/messaging.pb.h"
#include "selfsame/schemas/subscription/v1/subscription.pb.h"
#include "selfsame/schemas/web/v1/web.pb.h"
#include "server/schema/catalog.h"

namespace selfsame::schema {
namespace {

template <typename Message>
BuiltInSchema BuiltIn() {
  const google::protobuf::Descriptor& descriptor = *Message::descriptor();
  auto compiled = std::make_shared<const CompiledSchema>(MessageType::OfGenerated(descriptor));
  SELFSAME_CHECK(compiled->findings().empty());  // A test holds them to the gate.
  return {descriptor.full_name(), std::move(compiled)};
}

}  // namespace

std::vector<BuiltInSchema> BuiltInSchemas() {
  namespace account = ::selfsame::schemas::account::v1;
  namespace commerce = ::selfsame::schemas::commerce::v1;
  namespace messaging = ::selfsame::schemas::messaging::v1;
  namespace subscription = ::selfsame::schemas::subscription::v1;
  namespace web = ::selfsame::schemas::web::v1;
  return {
      BuiltIn<account::AccountClosed>(),
      BuiltIn<account::SignedIn>(),
      BuiltIn<account::SignedOut>(),
      BuiltIn<account::SignedUp>(),
      BuiltIn<account::Traits>(),
      BuiltIn<commerce::CartViewed>(),
      BuiltIn<commerce::CheckoutStarted>(),
      BuiltIn<commerce::OrderCancelled>(),
      BuiltIn<commerce::OrderLine>(),
      BuiltIn<commerce::OrderPlaced>(),
      BuiltIn<commerce::OrderRefunded>(),
      BuiltIn<commerce::ProductAddedToCart>(),
      BuiltIn<commerce::ProductRemovedFromCart>(),
      BuiltIn<commerce::ProductViewed>(),
      BuiltIn<messaging::EmailBounced>(),
      BuiltIn<messaging::EmailClicked>(),
      BuiltIn<messaging::EmailDelivered>(),
      BuiltIn<messaging::EmailMarkedAsSpam>(),
      BuiltIn<messaging::EmailOpened>(),
      BuiltIn<messaging::Subscribed>(),
      BuiltIn<messaging::Unsubscribed>(),
      BuiltIn<subscription::PaymentFailed>(),
      BuiltIn<subscription::SubscriptionCancelled>(),
      BuiltIn<subscription::SubscriptionChanged>(),
      BuiltIn<subscription::SubscriptionRenewed>(),
      BuiltIn<subscription::SubscriptionStarted>(),
      BuiltIn<subscription::TrialStarted>(),
      BuiltIn<web::FormSubmitted>(),
      BuiltIn<web::LinkClicked>(),
      BuiltIn<web::PageViewed>(),
      BuiltIn<web::ScreenViewed>(),
      BuiltIn<web::Searched>(),
  };
}

}  // namespace selfsame::schema
