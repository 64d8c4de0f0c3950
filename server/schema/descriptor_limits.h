// Bounds on a descriptor set, held before anything is built of it. Sets come from clients, and what
// is built of a megabyte that was made to hurt would be no megabyte.
#ifndef SELFSAME_SERVER_SCHEMA_DESCRIPTOR_LIMITS_H_
#define SELFSAME_SERVER_SCHEMA_DESCRIPTOR_LIMITS_H_

#include <cstddef>

#include "base/result.h"

namespace google::protobuf {
class FileDescriptorSet;
}

namespace selfsame::schema {

inline constexpr std::size_t kDescriptorSetBytesMax = 1 << 20;

// Of one set. Types refer to each other, and protobuf follows them by recursion: their number is
// what bounds its depth.
inline constexpr int kFilesMax = 500;
inline constexpr int kTypesMax = 2'000;    // Messages and enums.
inline constexpr int kFieldsMax = 10'000;  // And as many oneofs.
inline constexpr int kEnumValuesMax = 20'000;
inline constexpr int kRangesMax = 4'000;           // Reserved and of extensions: compared in pairs.
inline constexpr std::size_t kNameBytesMax = 512;  // Of a file; of a type with its package.
inline constexpr std::size_t kSimpleNameBytesMax = 128;   // Of anything else.
inline constexpr std::size_t kMessageNameBytesMax = 200;  // Of the message that is the schema.

// Source positions and comments do not count. Thread-safe.
// Errors: kInvalidArgument DESCRIPTOR_SET_INVALID, saying which bound it breaks.
Status CheckDescriptorSet(const google::protobuf::FileDescriptorSet& files);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_DESCRIPTOR_LIMITS_H_
