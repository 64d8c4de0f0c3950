// Where in a payload something is: "payload.items[2].sku". Written only when something is wrong
// there, so going down costs nothing but a push. What lies in a map lies at the map: its entries
// have no order, and their keys are values, which may be private.
#ifndef SELFSAME_SERVER_SCHEMA_PATH_H_
#define SELFSAME_SERVER_SCHEMA_PATH_H_

#include <google/protobuf/descriptor.h>

#include <cstddef>
#include <string>
#include <vector>

namespace selfsame::schema {

class Path {
 public:
  // A field on the path for as long as this lives.
  class Step {
   public:
    Step(Path& path, const google::protobuf::FieldDescriptor& field) : path_(path) {
      path_.places_.push_back({&field, -1});
    }
    ~Step() { path_.places_.pop_back(); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Path& path_;
  };

  // Which item of the innermost field; -1: none.
  void SetIndex(int index) { places_.back().index = index; }
  std::size_t depth() const { return places_.size(); }
  // Requires: depth() > 0.
  const std::string& TopLevelName() const { return places_.front().field->name(); }

  std::string Text() const { return Write(/*with_indices=*/true); }
  // The same for all items: "payload.items.sku".
  std::string FieldText() const { return Write(/*with_indices=*/false); }

 private:
  std::string Write(bool with_indices) const {
    std::string text = "payload";
    for (const Place& place : places_) {
      if (place.field->containing_type()->options().map_entry()) continue;
      text += "." + place.field->name();
      if (with_indices && place.index >= 0 && !place.field->is_map()) {
        text += "[" + std::to_string(place.index) + "]";
      }
    }
    return text;
  }

  struct Place {
    const google::protobuf::FieldDescriptor* field;
    int index;
  };
  std::vector<Place> places_;
};

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_PATH_H_
