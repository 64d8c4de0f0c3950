#include "server/schema/json_payload.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "server/schema/json_text.h"
#include "server/schema/json_time.h"
#include "server/schema/json_value.h"
#include "server/schema/path.h"

namespace selfsame::schema {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Kind = JsonValue::Kind;
using Members = std::vector<JsonMember>;

// The name of a member nobody knows, if it is one that a field could have. Others could be
// anything, an address among them.
std::string PublicName(const std::string& name) {
  constexpr std::size_t kNameMax = 64;
  const bool is_plain =
      !name.empty() && name.size() <= kNameMax &&
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
          std::string::npos;
  return is_plain ? name : "(no name)";
}

// Fields by name and by JSON name. No two fields of a registered schema share one.
class Names {
 public:
  const FieldDescriptor* Find(const Descriptor& type, const std::string& name) {
    if (const FieldDescriptor* field = type.FindFieldByName(name)) return field;
    // Made at the first name that is not a field's own, so that a payload of unknown members does
    // not look through all fields for each.
    auto [entry, is_new] = by_json_name_.try_emplace(&type);
    if (is_new) {
      for (int i = 0; i < type.field_count(); ++i) {
        entry->second.try_emplace(type.field(i)->json_name(), type.field(i));
      }
    }
    const auto found = entry->second.find(name);
    return found == entry->second.end() ? nullptr : found->second;
  }

 private:
  using ByName = std::unordered_map<std::string, const FieldDescriptor*>;
  std::unordered_map<const Descriptor*, ByName> by_json_name_;
};

// The last of the members with each name, in order.
std::vector<const JsonMember*> LastOfEach(const Members& members) {
  std::unordered_set<std::string_view> names;
  std::vector<const JsonMember*> last;
  for (auto member = members.rbegin(); member != members.rend(); ++member) {
    if (names.insert(member->name).second) last.push_back(&*member);
  }
  return {last.rbegin(), last.rend()};
}

bool IsNullValue(const FieldDescriptor& field) {
  return field.enum_type() != nullptr &&
         field.enum_type()->full_name() == "google.protobuf.NullValue";
}

// Whether null is a value of the field, and not its absence.
bool TakesNull(const FieldDescriptor& field) {
  if (field.message_type() == nullptr) return IsNullValue(field);
  return field.message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_VALUE;
}

const FieldDescriptor& FieldOf(const Message& message, int number) {
  return *message.GetDescriptor()->FindFieldByNumber(number);
}

// The work of one ParseJsonPayload call. Depth is bounded by kJsonDepthMax; work by the payload's
// size.
class Filler {
 public:
  explicit Filler(Validation& validation) : validation_(validation) {}

  // A message from its JSON form, which is an object but for those of google.protobuf.
  void FillFrom(const JsonValue& value, Message& message) {
    switch (message.GetDescriptor()->well_known_type()) {
      case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
        return value.Is(Kind::kObject) ? Fill(value.members, message) : Mismatch();
      case Descriptor::WELLKNOWNTYPE_DOUBLEVALUE:
      case Descriptor::WELLKNOWNTYPE_FLOATVALUE:
      case Descriptor::WELLKNOWNTYPE_INT64VALUE:
      case Descriptor::WELLKNOWNTYPE_UINT64VALUE:
      case Descriptor::WELLKNOWNTYPE_INT32VALUE:
      case Descriptor::WELLKNOWNTYPE_UINT32VALUE:
      case Descriptor::WELLKNOWNTYPE_STRINGVALUE:
      case Descriptor::WELLKNOWNTYPE_BYTESVALUE:
      case Descriptor::WELLKNOWNTYPE_BOOLVALUE:
        return TakeScalar(FieldOf(message, 1), value, message);
      case Descriptor::WELLKNOWNTYPE_ANY: return FillAny(value, message);
      case Descriptor::WELLKNOWNTYPE_FIELDMASK: return FillFieldMask(value, message);
      case Descriptor::WELLKNOWNTYPE_DURATION: return FillTime(value, ParseDurationText, message);
      case Descriptor::WELLKNOWNTYPE_TIMESTAMP: return FillTime(value, ParseTimestampText, message);
      case Descriptor::WELLKNOWNTYPE_VALUE: return FillValue(value, message);
      case Descriptor::WELLKNOWNTYPE_LISTVALUE: return FillList(value, message);
      case Descriptor::WELLKNOWNTYPE_STRUCT: return FillStruct(value, message);
      case Descriptor::__WELLKNOWNTYPE__DO_NOT_USE__ADD_DEFAULT_INSTEAD__: return Mismatch();
    }
  }

 private:
  void Fill(const Members& members, Message& message) {
    const Descriptor& type = *message.GetDescriptor();
    std::vector<const FieldDescriptor*> fields(members.size());
    // By the index of each field: the member that counts, which is the last one that names it.
    std::vector<std::size_t> counts(static_cast<std::size_t>(type.field_count()));
    for (std::size_t i = 0; i < members.size(); ++i) {
      fields[i] = names_.Find(type, members[i].name);
      if (fields[i] != nullptr) counts[static_cast<std::size_t>(fields[i]->index())] = i;
    }
    for (std::size_t i = 0; i < members.size() && !IsFull(); ++i) {
      if (fields[i] == nullptr) {
        NoteMember(members[i]);
      } else if (counts[static_cast<std::size_t>(fields[i]->index())] == i) {
        TakeMember(*fields[i], members[i].value, message);
      }
    }
  }

  void TakeMember(const FieldDescriptor& field, const JsonValue& value, Message& message) {
    if (value.Is(Kind::kNull) && (field.is_repeated() || !TakesNull(field))) return;  // Absent.
    const Path::Step step(path_, field);
    const auto* oneof = field.real_containing_oneof();
    if (oneof != nullptr && message.GetReflection()->HasOneof(message, oneof)) {
      return Violate("PAYLOAD_MALFORMED", "stands beside another field of its oneof");
    }
    if (field.is_map()) return TakeMap(field, value, message);
    if (!field.is_repeated()) return TakeItem(field, value, message);
    int index = 0;
    TakeItems(field, value, message, index);
    path_.SetIndex(-1);
  }

  void TakeItems(const FieldDescriptor& field, const JsonValue& value, Message& message,
                 int& index) {
    if (IsFull() || (value.Is(Kind::kNull) && !TakesNull(field))) return;
    // A list in a list of google.protobuf.ListValue is an item.
    if (value.Is(Kind::kArray) && (index == 0 || !TakesLists(field))) {
      for (const JsonValue& item : value.items) {
        item.Is(Kind::kArray) && TakesLists(field) ? TakeIndexed(field, item, message, index)
                                                   : TakeItems(field, item, message, index);
      }
      return;
    }
    TakeIndexed(field, value, message, index);
  }

  void TakeIndexed(const FieldDescriptor& field, const JsonValue& value, Message& message,
                   int& index) {
    path_.SetIndex(index++);
    TakeItem(field, value, message);
  }

  static bool TakesLists(const FieldDescriptor& field) {
    return TakesNull(field) ||
           (field.message_type() != nullptr &&
            field.message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_LISTVALUE);
  }

  void TakeItem(const FieldDescriptor& field, const JsonValue& value, Message& message) {
    if (field.message_type() == nullptr) {
      const std::size_t before = field.is_repeated() ? CountOf(field, message) : 0;
      TakeScalar(field, value, message);
      // The items after one that is of no use keep their indices.
      if (field.is_repeated() && CountOf(field, message) == before) AddZero(field, &message);
      return;
    }
    const auto& reflection = *message.GetReflection();
    FillFrom(value, field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                        : *reflection.MutableMessage(&message, &field));
  }

  static std::size_t CountOf(const FieldDescriptor& field, const Message& message) {
    return static_cast<std::size_t>(message.GetReflection()->FieldSize(message, &field));
  }

  void TakeScalar(const FieldDescriptor& field, const JsonValue& value, Message& message) {
    if (value.Is(Kind::kNull) && IsNullValue(field)) {
      return message.GetReflection()->SetEnumValue(&message, &field, 0);
    }
    switch (SetScalar(value, field, &message)) {
      case Fit::kSet: return;
      case Fit::kUnknownEnum: return Note(path_.FieldText(), true, value);
      case Fit::kTooLarge:
        return Violate("PAYLOAD_TYPE_MISMATCH", "is a number that its type cannot hold");
      case Fit::kMismatch: return Mismatch();
    }
  }

  // A map's entries one by one, since what their values do not know is drift too.
  void TakeMap(const FieldDescriptor& field, const JsonValue& value, Message& message) {
    if (!value.Is(Kind::kObject)) return Mismatch();
    for (const JsonMember* member : LastOfEach(value.members)) {
      if (IsFull()) return;
      const FieldDescriptor& of_value = *field.message_type()->map_value();
      if (member->value.Is(Kind::kNull) && !TakesNull(of_value)) continue;
      Message& entry = *message.GetReflection()->AddMessage(&message, &field);
      if (!SetMapKey(member->name, *field.message_type()->map_key(), &entry)) {
        Mismatch();
        continue;
      }
      if (of_value.message_type() == nullptr) {
        TakeScalar(of_value, member->value, entry);
      } else {
        FillFrom(member->value, *entry.GetReflection()->MutableMessage(&entry, &of_value));
      }
    }
  }

  template <typename Parse>
  void FillTime(const JsonValue& value, Parse parse, Message& message) {
    const auto time = value.Is(Kind::kString) ? parse(value.string) : std::nullopt;
    if (!time) return Mismatch();
    const auto& reflection = *message.GetReflection();
    reflection.SetInt64(&message, &FieldOf(message, 1), time->seconds);
    reflection.SetInt32(&message, &FieldOf(message, 2), time->nanos);
  }

  void FillFieldMask(const JsonValue& value, Message& message) {
    const auto paths = value.Is(Kind::kString) ? ParseFieldMaskText(value.string) : std::nullopt;
    if (!paths) return Mismatch();
    for (const std::string& path : *paths) {
      message.GetReflection()->AddString(&message, &FieldOf(message, 1), path);
    }
  }

  void FillStruct(const JsonValue& value, Message& message) {
    if (!value.Is(Kind::kObject)) return Mismatch();
    for (const JsonMember* member : LastOfEach(value.members)) {
      Message& entry = *message.GetReflection()->AddMessage(&message, &FieldOf(message, 1));
      entry.GetReflection()->SetString(&entry, &FieldOf(entry, 1), member->name);
      FillValue(member->value, *entry.GetReflection()->MutableMessage(&entry, &FieldOf(entry, 2)));
    }
  }

  void FillList(const JsonValue& value, Message& message) {
    if (!value.Is(Kind::kArray)) return Mismatch();
    for (const JsonValue& item : value.items) {
      FillValue(item, *message.GetReflection()->AddMessage(&message, &FieldOf(message, 1)));
    }
  }

  // As google/protobuf/struct.proto numbers them.
  void FillValue(const JsonValue& value, Message& message) {
    const auto& reflection = *message.GetReflection();
    switch (value.kind) {
      case Kind::kNull: return reflection.SetEnumValue(&message, &FieldOf(message, 1), 0);
      case Kind::kNumber: return TakeScalar(FieldOf(message, 2), value, message);
      case Kind::kString: return reflection.SetString(&message, &FieldOf(message, 3), value.string);
      case Kind::kBool: return reflection.SetBool(&message, &FieldOf(message, 4), value.truth);
      case Kind::kObject:
        return FillStruct(value, *reflection.MutableMessage(&message, &FieldOf(message, 5)));
      case Kind::kArray:
        return FillList(value, *reflection.MutableMessage(&message, &FieldOf(message, 6)));
    }
  }

  // A message of any type of the schema: its own members beside "@type", or, of those that have a
  // JSON form of their own, that form as "value".
  void FillAny(const JsonValue& value, Message& message) {
    if (!value.Is(Kind::kObject)) return Mismatch();
    if (value.members.empty()) return;
    Members members = value.members;
    JsonValue url;
    std::erase_if(members, [&](JsonMember& member) {
      const bool is_url = member.name == "@type";
      if (is_url) url = std::move(member.value);
      return is_url;
    });
    const std::size_t slash = url.string.rfind('/');
    if (!url.Is(Kind::kString) || slash == std::string::npos) return Mismatch();
    const Descriptor* type = message.GetDescriptor()->file()->pool()->FindMessageTypeByName(
        url.string.substr(slash + 1));
    if (type == nullptr) return Mismatch();
    const std::unique_ptr<Message> inner(
        message.GetReflection()->GetMessageFactory()->GetPrototype(type)->New());
    FillInner(members, *inner);
    message.GetReflection()->SetString(&message, &FieldOf(message, 1), url.string);
    message.GetReflection()->SetString(&message, &FieldOf(message, 2),
                                       inner->SerializePartialAsString());
  }

  void FillInner(const Members& members, Message& inner) {
    if (inner.GetDescriptor()->well_known_type() == Descriptor::WELLKNOWNTYPE_UNSPECIFIED) {
      return Fill(members, inner);
    }
    const auto last = LastOfEach(members);
    if (last.size() != 1 || last.front()->name != "value") return Mismatch();
    FillFrom(last.front()->value, inner);
  }

  void NoteMember(const JsonMember& member) {
    Note(path_.FieldText() + "." + PublicName(member.name), false, member.value);
  }

  void Note(std::string path, bool is_enum_value, const JsonValue& value) {
    AddDrift(
        {.path = std::move(path), .is_enum_value = is_enum_value, .value = std::string(value.text)},
        &validation_);
  }

  // Nothing more is told of a payload that is wrong in so many places.
  bool IsFull() const { return validation_.violations.size() >= kViolationsMax; }

  void Violate(const char* reason, const char* message) {
    if (IsFull()) return;  // Before the path is written.
    validation_.violations.push_back({path_.Text(), reason, message});
  }

  void Mismatch() { Violate("PAYLOAD_TYPE_MISMATCH", "is not of the type its schema says"); }

  Validation& validation_;
  Path path_;
  Names names_;
};

}  // namespace

bool ParseJsonPayload(std::string_view text, Message& message, Validation* validation) {
  auto& violations = validation->violations;
  // Before it is parsed: of a text that is cut off it says why.
  if (NestingOf(text) > kJsonDepthMax) {
    violations.push_back(
        {"payload", "PAYLOAD_TOO_DEEP", "is nested beyond " + std::to_string(kJsonDepthMax)});
    return false;
  }
  if (text.empty()) return true;
  const std::optional<JsonValue> object = ParseJsonText(text, kJsonDepthMax);
  if (!object || !object->Is(Kind::kObject)) {
    violations.push_back({"payload", "PAYLOAD_MALFORMED", "is not a JSON object by RFC 8259"});
    return false;
  }
  Filler(*validation).FillFrom(*object, message);
  return true;
}

bool ParseJson(std::string_view json, Message* message) {
  // Of what the server stores: payloads, and attributes that hold a part of one.
  const std::optional<JsonValue> value = ParseJsonText(json, kJsonDepthMax + 1);
  if (!value) return false;
  Validation validation;
  Filler(validation).FillFrom(*value, *message);
  return validation.violations.empty() && validation.drift.empty();
}

}  // namespace selfsame::schema
