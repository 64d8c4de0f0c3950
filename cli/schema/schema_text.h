// Schemas, their fields and findings about them, as text for people and as JSON.
#ifndef SELFSAME_CLI_SCHEMA_SCHEMA_TEXT_H_
#define SELFSAME_CLI_SCHEMA_SCHEMA_TEXT_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/schema/diff.h"
#include "selfsame/schema/v1/schema.pb.h"
#include "server/schema/entries.h"
#include "server/schema/finding.h"

namespace google::protobuf {
class Descriptor;
}

namespace selfsame::cli {

// Versions as a table, one a line.
std::string SchemaTable(const schema::v1::ListSchemasResponse& schemas);

// A card: name, version, state and whatever is known about its use.
std::string SchemaCard(const schema::v1::Schema& schema);

// The fields of a message, one a line, with their rules and whose they are.
std::string FieldTable(const google::protobuf::Descriptor& message);
nlohmann::ordered_json FieldsJson(const google::protobuf::Descriptor& message);

// Findings, each in a line or two.
std::string FindingText(const std::vector<schema::Finding>& findings);
nlohmann::ordered_json FindingsJson(const std::vector<schema::Finding>& findings);
// What the registry answered, in our own type.
std::vector<schema::Finding> FindingsOf(const schema::v1::RegisterSchemaResponse& response);
// Those of `more` that `findings` does not have (by rule, path and version) go to its end.
void AddFindings(const std::vector<schema::Finding>& more, std::vector<schema::Finding>& findings);

// Differences as a table; a sentence where there are none.
std::string DifferenceTable(const std::vector<Difference>& differences);
nlohmann::ordered_json DifferenceJson(const Difference& difference);

// The .proto text of each file of the pool that the message needs, but those the server supplies,
// by file name. Comments are lost: descriptors have none.
std::vector<std::pair<std::string, std::string>> ProtoTexts(
    const google::protobuf::Descriptor& message);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_SCHEMA_SCHEMA_TEXT_H_
