// Field paths: where in a record a violation lies, as a name from a closed set.
#ifndef SELFSAME_SERVER_QUALITY_FIELD_PATH_H_
#define SELFSAME_SERVER_QUALITY_FIELD_PATH_H_

#include <string>
#include <string_view>

namespace selfsame::quality {

// "items[3].sku" and "items[\"a\"].sku" become "items.sku".
std::string WithoutIndices(std::string_view path);

// Whether it is a part of the record that every record has, such as "identifiers.value".
bool IsRecordField(std::string_view path);

}  // namespace selfsame::quality

#endif  // SELFSAME_SERVER_QUALITY_FIELD_PATH_H_
