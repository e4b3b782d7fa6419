#include "checkpoint/pickle.h"

#include <absl/strings/str_format.h>

#include <bit>
#include <map>

namespace r50::checkpoint::pickle {
namespace {

class Unpickler {
 public:
  explicit Unpickler(std::string_view program) : rest_(program) {}

  Object run() {
    for (;;) {
      const auto code = static_cast<unsigned char>(take(1)[0]);
      if (code == '.') return pop();
      if (!value(code) && !container(code) && !memory(code) && !call(code)) {
        throw Malformed(absl::StrFormat(
            "its pickle has an instruction that checkpoints do not use (code %d)", code));
      }
    }
  }

 private:
  std::string_view take(std::size_t size) {
    if (size > rest_.size()) throw Malformed("its pickle ends too early");
    const std::string_view part = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return part;
  }

  // Little-endian, as pickle has all integers.
  std::uint64_t number(std::size_t size) {
    std::uint64_t result = 0;
    const std::string_view bytes = take(size);
    for (std::size_t i = size; i-- > 0;) {
      result = result << 8 | static_cast<unsigned char>(bytes[i]);
    }
    return result;
  }

  std::string line() {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) throw Malformed("its pickle ends too early");
    std::string text(take(end));
    take(1);
    return text;
  }

  // A two's complement number of up to 8 bytes.
  std::int64_t long_number() {
    const auto size = static_cast<std::size_t>(number(1));
    if (size > 8) throw Malformed("it holds an integer of more than 64 bits");
    if (size == 0) return 0;
    const auto shift = static_cast<int>(64 - 8 * size);
    return static_cast<std::int64_t>(number(size) << shift) >> shift;
  }

  double real() {
    std::uint64_t bits = 0;
    for (const char byte : take(8)) bits = bits << 8 | static_cast<unsigned char>(byte);
    return std::bit_cast<double>(bits);
  }

  template <class T>
  void push(T value) {
    stack_.emplace_back(std::move(value));
  }

  Object pop() {
    if (stack_.empty()) throw Malformed("its pickle takes more than it gives");
    Object top = std::move(stack_.back());
    stack_.pop_back();
    return top;
  }

  Object& top() {
    if (stack_.empty()) throw Malformed("its pickle takes more than it gives");
    return stack_.back();
  }

  std::vector<Object> pop_to_mark() {
    std::size_t start = stack_.size();
    while (start > 0 && !stack_[start - 1].get<Mark>()) --start;
    if (start == 0) throw Malformed("its pickle lacks a mark");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(start);
    std::vector<Object> items(std::make_move_iterator(first),
                              std::make_move_iterator(stack_.end()));
    stack_.erase(first - 1, stack_.end());
    return items;
  }

  bool value(unsigned char code) {
    switch (code) {
      case 0x80:
        take(1);
        return true;  // the protocol's number
      case 'N':
        push(None{});
        return true;
      case 0x88:
        push(true);
        return true;
      case 0x89:
        push(false);
        return true;
      case 'K':
        push(static_cast<std::int64_t>(number(1)));
        return true;
      case 'M':
        push(static_cast<std::int64_t>(number(2)));
        return true;
      case 'J':
        push(std::int64_t{static_cast<std::int32_t>(static_cast<std::uint32_t>(number(4)))});
        return true;
      case 0x8a:
        push(long_number());
        return true;
      case 'G':
        push(real());
        return true;
      case 'X':
        push(std::string(take(static_cast<std::size_t>(number(4)))));
        return true;
      default:
        return false;
    }
  }

  bool container(unsigned char code) {
    switch (code) {
      case '(':
        push(Mark{});
        return true;
      case ')':
        push(Tuple{});
        return true;
      case 't':
        push(Tuple{pop_to_mark()});
        return true;
      case 0x85:
        tuple_of(1);
        return true;
      case 0x86:
        tuple_of(2);
        return true;
      case 0x87:
        tuple_of(3);
        return true;
      case ']':
        push(List{std::make_shared<std::vector<Object>>()});
        return true;
      case 'a':
        append({pop()});
        return true;
      case 'e':
        append(pop_to_mark());
        return true;
      case '}':
        push(new_dict());
        return true;
      case 's': {
        std::vector<Object> pair(2);
        pair[1] = pop();
        pair[0] = pop();
        insert(std::move(pair));
        return true;
      }
      case 'u':
        insert(pop_to_mark());
        return true;
      default:
        return false;
    }
  }

  bool memory(unsigned char code) {
    switch (code) {
      case 'q':
        memory_[number(1)] = top();
        return true;
      case 'r':
        memory_[number(4)] = top();
        return true;
      case 'h':
        recall(number(1));
        return true;
      case 'j':
        recall(number(4));
        return true;
      default:
        return false;
    }
  }

  bool call(unsigned char code) {
    switch (code) {
      case 'c': {
        const std::string module = line();
        push(Global{module + "." + line()});
        return true;
      }
      case 'Q':
        push(Storage{std::make_shared<Object>(pop())});
        return true;
      case 'R':
        reduce();
        return true;
      case 'b':
        pop();
        return true;  // attributes: a state dict's _metadata
      default:
        return false;
    }
  }

  void tuple_of(std::size_t count) {
    Tuple tuple;
    tuple.items.resize(count);
    for (std::size_t i = count; i-- > 0;) tuple.items[i] = pop();
    push(std::move(tuple));
  }

  static Dict new_dict() { return {std::make_shared<std::vector<std::pair<Object, Object>>>()}; }

  void append(std::vector<Object> items) {
    const auto* list = top().get<List>();
    if (!list) throw Malformed("its pickle adds to something that is no list");
    for (Object& item : items) list->items->push_back(std::move(item));
  }

  void insert(std::vector<Object> items) {
    const auto* dict = top().get<Dict>();
    if (!dict || items.size() % 2 != 0)
      throw Malformed("its pickle fills something that is no dict");
    for (std::size_t i = 0; i < items.size(); i += 2) {
      dict->items->emplace_back(std::move(items[i]), std::move(items[i + 1]));
    }
  }

  void recall(std::uint64_t place) {
    const auto found = memory_.find(place);
    if (found == memory_.end()) throw Malformed("its pickle recalls what it never remembered");
    stack_.push_back(found->second);
  }

  void reduce() {
    const Object arguments = pop();
    const Object function = pop();
    const auto* tuple = arguments.get<Tuple>();
    const auto* global = function.get<Global>();
    if (!tuple || !global) throw Malformed("its pickle calls something that is no function");
    if (global->name == "collections.OrderedDict" && tuple->items.empty()) {
      push(new_dict());
    } else {
      push(std::make_shared<Call>(Call{global->name, *tuple}));
    }
  }

  std::string_view rest_;
  std::vector<Object> stack_;
  std::map<std::uint64_t, Object> memory_;
};

}  // namespace

Object run(std::string_view program) { return Unpickler(program).run(); }

}  // namespace r50::checkpoint::pickle
