// The data catalog as text for people.
#ifndef SELFSAME_CLI_CATALOG_CATALOG_TEXT_H_
#define SELFSAME_CLI_CATALOG_CATALOG_TEXT_H_

#include <string>

#include "selfsame/catalog/v1/catalog.pb.h"

namespace selfsame::cli {

// Fields as a table, one a line.
std::string CatalogTable(const catalog::v1::ListFieldsResponse& fields);

// Fields that nobody sends or reads, and why each is on the list.
std::string UnusedTable(const catalog::v1::ListFieldsResponse& fields);

// Where one field comes from, what it becomes and who reads it.
std::string LineageText(const catalog::v1::GetLineageResponse& lineage);

// How many of the schema's records fill the field: "98.2 %"; "-" where there are no records.
std::string FilledText(const catalog::v1::Field& field);

// Whoever sends it: "web, crm"; "-" for nobody. Readers likewise.
std::string SenderNames(const catalog::v1::Field& field);
std::string ConsumerNames(const catalog::v1::Field& field);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_CATALOG_CATALOG_TEXT_H_
