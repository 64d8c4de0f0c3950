// Where in a payload something is: "payload.items[2].sku". Written only when something is wrong
// there, so going down costs nothing but a push.
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

  std::string Text() const {
    std::string text = "payload";
    for (const Place& place : places_) {
      text += "." + place.field->name();
      if (place.index >= 0) text += "[" + std::to_string(place.index) + "]";
    }
    return text;
  }

 private:
  struct Place {
    const google::protobuf::FieldDescriptor* field;
    int index;
  };
  std::vector<Place> places_;
};

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_PATH_H_
