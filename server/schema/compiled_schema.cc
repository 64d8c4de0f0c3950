#include "server/schema/compiled_schema.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <iterator>
#include <utility>

#include "server/schema/json_form.h"

namespace selfsame::schema {
namespace {

// As many as threads could hold at a time; more are let go. Large ones too, or one large payload
// would be remembered for ever.
constexpr std::size_t kIdleMax = 32;
constexpr std::size_t kIdleBytesMax = 64 * 1024;

}  // namespace

CompiledSchema::CompiledSchema(std::unique_ptr<MessageType> type) : type_(std::move(type)) {
  rules_ = std::make_unique<Rules>(type_->descriptor(), &findings_);
  entries_ = EntriesOf(type_->descriptor());
  closed_fields_ = ClosedFieldsOf(type_->descriptor());
  if (!entries_.is_complete) {
    findings_.push_back({.rule = "DESCRIPTOR_SET_INVALID",
                         .path = type_->descriptor().full_name(),
                         .message = "has more fields, or deeper ones, than a catalog can list"});
  }
  std::vector<Finding> form = CheckJsonForm(type_->descriptor());
  std::move(form.begin(), form.end(), std::back_inserter(findings_));
  std::vector<Finding> gate = CheckEntries(entries_.all);
  std::move(gate.begin(), gate.end(), std::back_inserter(findings_));
  if (findings_.size() > kFindingsMax) findings_.resize(kFindingsMax);
  use_ = rules_->kind() == options::v1::KIND_PROFILE ? Use::kProfile : Use::kEvent;
}

CompiledSchema::~CompiledSchema() = default;

CompiledSchema::Scratch::Scratch(const CompiledSchema& schema,
                                 std::unique_ptr<google::protobuf::Message> message)
    : schema_(&schema), message_(std::move(message)) {}

CompiledSchema::Scratch::~Scratch() {
  if (message_ != nullptr) schema_->GiveBack(std::move(message_));
}

CompiledSchema::Scratch CompiledSchema::Borrow() const {
  {
    MutexLock lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<google::protobuf::Message> message = std::move(idle_.back());
      idle_.pop_back();
      return Scratch(*this, std::move(message));
    }
  }
  return Scratch(*this, type_->New());
}

void CompiledSchema::GiveBack(std::unique_ptr<google::protobuf::Message> message) const {
  if (message->SpaceUsedLong() > kIdleBytesMax) return;
  message->Clear();
  MutexLock lock(mutex_);
  if (idle_.size() < kIdleMax) idle_.push_back(std::move(message));
}

}  // namespace selfsame::schema
