// Messages of any schema with values at random, many of them of a form that some rule asks for.
#ifndef SELFSAME_TESTS_UNIT_SCHEMA_RANDOM_MESSAGE_H_
#define SELFSAME_TESTS_UNIT_SCHEMA_RANDOM_MESSAGE_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <random>
#include <string>

namespace selfsame::test {

// Some of what people write, right and wrong; a few letters otherwise. Always UTF-8.
inline std::string RandomText(std::mt19937_64& random) {
  static const char* kTexts[] = {"",
                                 "a",
                                 "AB-1",
                                 "o-12",
                                 "sale",
                                 "refund",
                                 "gold",
                                 " Premium ",
                                 "free",
                                 "JANE",
                                 "o'neill",
                                 "Anna Maria VAN DER BERG",
                                 "Jane@Shop.Example",
                                 "Jane <jane@B\u00fccher.example>",
                                 "nobody",
                                 "+44 20 7946 0958",
                                 "020 7946 0958 ext. 5",
                                 "+49 30 901820",
                                 "112",
                                 "Deutschland",
                                 "DE",
                                 "United Kingdom",
                                 "Korea",
                                 "us",
                                 "en_us",
                                 "German",
                                 "2020-04-03",
                                 "3 April 1990",
                                 "03/04/2020",
                                 "13/04/2020",
                                 "2020-04-03T10:00:00+02:00",
                                 "2020-04-03 10:00:00.1234567z",
                                 "eur",
                                 "\u20ac",
                                 "US dollar",
                                 "HTTP://Shop.Example:80/a/../b%7e?q=\u00e4",
                                 "shop.example",
                                 "sw1a1aa",
                                 "10115",
                                 "9B2F0C34-5E4B-4D6F-8A35-0C1F7E1D2A3B",
                                 "123 main st. apt 4",
                                 "Hauptstra\u00dfe 1\nHinterhaus",
                                 "  two  words \t",
                                 "e\u0301",
                                 "\u200bzero\u00a0width",
                                 "\U0001F600",
                                 "1234",
                                 "a text of more than forty characters, for those that mind"};
  constexpr std::size_t kCount = std::size(kTexts);
  const std::size_t choice = random() % (kCount + 4);
  if (choice < kCount) return kTexts[choice];
  std::string text(random() % 6, ' ');
  for (char& c : text) c = static_cast<char>('!' + random() % 94);
  return text;
}

inline void FillAtRandom(std::mt19937_64& random, google::protobuf::Message* message,
                         int depth = 0);

// Sets a field, or adds to it.
inline void PutAtRandom(std::mt19937_64& random, const google::protobuf::FieldDescriptor& field,
                        google::protobuf::Message* message, int depth) {
  using google::protobuf::FieldDescriptor;
  const auto& reflection = *message->GetReflection();
  const auto small = static_cast<std::int32_t>(random() % 12) - 3;
  const auto put = [&](auto set, auto add, auto value) {
    field.is_repeated() ? (reflection.*add)(message, &field, value)
                        : (reflection.*set)(message, &field, value);
  };
  using R = google::protobuf::Reflection;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: return put(&R::SetInt32, &R::AddInt32, small);
    case FieldDescriptor::CPPTYPE_INT64:
      return put(&R::SetInt64, &R::AddInt64, static_cast<std::int64_t>(small));
    case FieldDescriptor::CPPTYPE_UINT32:
      return put(&R::SetUInt32, &R::AddUInt32,
                 static_cast<std::uint32_t>(random() >> (random() % 64)));
    case FieldDescriptor::CPPTYPE_UINT64:
      return put(&R::SetUInt64, &R::AddUInt64,
                 static_cast<std::uint64_t>(random() >> (random() % 64)));
    case FieldDescriptor::CPPTYPE_DOUBLE: return put(&R::SetDouble, &R::AddDouble, small / 4.0);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return put(&R::SetFloat, &R::AddFloat, static_cast<float>(small) / 10);
    case FieldDescriptor::CPPTYPE_BOOL: return put(&R::SetBool, &R::AddBool, random() % 2 == 0);
    case FieldDescriptor::CPPTYPE_ENUM:
      return put(&R::SetEnumValue, &R::AddEnumValue, static_cast<int>(random() % 4));
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text = RandomText(random);
      field.is_repeated() ? reflection.AddString(message, &field, text)
                          : reflection.SetString(message, &field, text);
      return;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      FillAtRandom(random,
                   field.is_repeated() ? reflection.AddMessage(message, &field)
                                       : reflection.MutableMessage(message, &field),
                   depth + 1);
      return;
  }
}

// Without messages of google.protobuf but times: the others have no rules, and JSON has forms of
// them that no field by field compares.
inline void FillAtRandom(std::mt19937_64& random, google::protobuf::Message* message, int depth) {
  const auto& type = *message->GetDescriptor();
  const auto& reflection = *message->GetReflection();
  if (type.full_name() == "google.protobuf.Timestamp") {
    reflection.SetInt64(message, type.field(0), static_cast<std::int64_t>(random() % 4));
    reflection.SetInt32(message, type.field(1), static_cast<std::int32_t>(random() % 2));
    return;
  }
  // Few fields or many: with many, something is always wrong.
  const std::uint64_t rarity = std::uint64_t{2} << (random() % 5);
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    const auto* inner = field.message_type();
    if (inner != nullptr && (depth >= 4 || (inner->file()->package() == "google.protobuf" &&
                                            inner->name() != "Timestamp"))) {
      continue;
    }
    // An entry of a map has both its fields.
    if (!type.options().map_entry() && random() % rarity != 0) continue;
    const int count = field.is_map() ? 1 : field.is_repeated() ? static_cast<int>(random() % 4) : 1;
    for (int item = 0; item < count; ++item) PutAtRandom(random, field, message, depth);
  }
}

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_UNIT_SCHEMA_RANDOM_MESSAGE_H_
