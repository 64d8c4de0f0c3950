// Turns files into C++ source at build time, so that the binaries need no files beside them.
//
//   embed files FUNCTION OUT FILE...   OUT.{h,cc}: name and text of each file
//   embed sql OUT FILE...              OUT.h: one constant for each `-- name: Statement :kind`
//
// Exit codes: 0 done, 1 a file cannot be read or written or is not as expected, 2 usage.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace {

std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

bool WriteFile(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  return static_cast<bool>(out.flush());
}

int Fail(const std::string& what) {
  std::fprintf(stderr, "embed: %s\n", what.c_str());
  return 1;
}

std::string Quote(const std::string& text) { return "R\"SELFSAME(" + text + ")SELFSAME\""; }

// A file that is not text: every byte escaped, and the length given, for bytes may be NUL.
std::string QuoteBytes(const std::string& bytes) {
  std::string quoted = "std::string_view(\"";
  char escaped[8];
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::snprintf(escaped, sizeof(escaped), "\\%03o", static_cast<unsigned char>(bytes[i]));
    quoted += escaped;
    if (i % 20 == 19) quoted += "\"\n\"";
  }
  return quoted + "\", " + std::to_string(bytes.size()) + ")";
}

std::string QuoteAny(const std::string& content) {
  return content.find('\0') == std::string::npos ? Quote(content) : QuoteBytes(content);
}

int EmbedFiles(const std::string& function, const std::string& out,
               const std::vector<std::string>& files) {
  std::ostringstream source;
  source << "#include \"" << std::filesystem::path(out).filename().string() << ".h\"\n\n"
         << "namespace selfsame {\n\nstd::span<const EmbeddedFile> " << function << "() {\n"
         << "  static const EmbeddedFile kFiles[] = {\n";
  for (const std::string& file : files) {
    const auto text = ReadFile(file);
    if (!text) return Fail("cannot read " + file);
    source << "      {\"" << std::filesystem::path(file).filename().string() << "\", "
           << QuoteAny(*text) << "},\n";
  }
  source << "  };\n  return kFiles;\n}\n\n}  // namespace selfsame\n";
  const std::string header =
      "// Generated; do not edit.\n#pragma once\n#include <span>\n\n#include "
      "\"base/embedded_file.h\"\n\nnamespace selfsame {\n\nstd::span<const EmbeddedFile> " +
      function + "();\n\n}  // namespace selfsame\n";
  if (!WriteFile(out + ".cc", source.str()) || !WriteFile(out + ".h", header)) {
    return Fail("cannot write " + out);
  }
  return 0;
}

// Appends `inline constexpr Statement kName{"Name", R"(...)"};` for each named statement of a file.
bool AppendStatements(const std::string& text, std::ostringstream& header) {
  static const std::string kMarker = "-- name: ";
  std::size_t at = text.find(kMarker);
  if (at == std::string::npos) return false;
  while (at != std::string::npos) {
    const std::size_t name_end = text.find(' ', at + kMarker.size());
    const std::size_t line_end = text.find('\n', at);
    if (name_end == std::string::npos || line_end == std::string::npos) return false;
    const std::string name = text.substr(at + kMarker.size(), name_end - at - kMarker.size());
    const std::size_t next = text.find(kMarker, line_end);
    std::string body =
        text.substr(line_end + 1, next == std::string::npos ? next : next - line_end - 1);
    while (!body.empty() && (body.back() == '\n' || body.back() == ';')) body.pop_back();
    header << "inline constexpr Statement k" << name << "{\"" << name << "\", " << Quote(body)
           << "};\n\n";
    at = next;
  }
  return true;
}

int EmbedSql(const std::string& out, const std::vector<std::string>& files) {
  std::ostringstream header;
  header << "// Generated from storage/sql; do not edit.\n#pragma once\n"
         << "#include \"storage/pg/statement.h\"\n\nnamespace selfsame::storage::sql {\n\n"
         << "using pg::Statement;\n\n";
  for (const std::string& file : files) {
    const auto text = ReadFile(file);
    if (!text) return Fail("cannot read " + file);
    if (!AppendStatements(*text, header)) return Fail("no `-- name: Statement :kind` in " + file);
  }
  header << "}  // namespace selfsame::storage::sql\n";
  return WriteFile(out + ".h", header.str()) ? 0 : Fail("cannot write " + out);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (args.size() > 3 && args[0] == "files") {
    return EmbedFiles(args[1], args[2], {args.begin() + 3, args.end()});
  }
  if (args.size() > 2 && args[0] == "sql") {
    return EmbedSql(args[1], {args.begin() + 2, args.end()});
  }
  std::fprintf(stderr, "usage: embed files FUNCTION OUT FILE... | embed sql OUT FILE...\n");
  return 2;
}
