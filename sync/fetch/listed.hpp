// Keeps an object in a list of pointers for as long as a scope lasts: what is suspended can be
// found and ended by stop(), and can't be left behind when its coroutine is destroyed. The list
// must outlive it; both belong to one thread.
#pragma once

#include <vector>

namespace callmirror::fetch {

template <class T>
class listed {
public:
    listed(std::vector<T*>& list, T& object)
        : list_{list}
        , object_{object} {
        list_.push_back(&object);
    }
    ~listed() { std::erase(list_, &object_); }
    listed(const listed&) = delete;
    listed& operator=(const listed&) = delete;

private:
    std::vector<T*>& list_;
    T& object_;
};

} // namespace callmirror::fetch
