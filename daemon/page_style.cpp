#include "daemon/page_style.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>

namespace callmirror::daemon {

std::string_view page_style() {
    return R"css(
:root {
  color-scheme: light dark;
  --ground: #f6f7f8; --card: #fff; --line: #d9dde1; --ink: #1b2127; --soft: #5a6672;
  --good: #1a7f4b; --care: #9a6200; --bad: #b3261e;
  --day: #1a7f4b; --week: #4fa678; --month: #94c9ab; --older: #c5ddce; --due: #8fb4dd;
  --unread: #e3e6e9; --failing: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181c; --card: #1d2328; --line: #333c44; --ink: #e6eaee; --soft: #9aa7b3;
    --good: #57c98c; --care: #e0a63c; --bad: #ff8a80;
    --day: #57c98c; --week: #3b9867; --month: #2c6e4c; --older: #234a37; --due: #3f6ea3;
    --unread: #333c44; --failing: #ff8a80;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem; max-width: 60rem; background: var(--ground); color: var(--ink);
  font: 16px/1.45 system-ui, sans-serif; overflow-wrap: anywhere;
}
h1 { font-size: 1.4rem; margin: 0; }
h2 { font-size: 1.15rem; margin: 1.6rem 0 .4rem; }
h3 { font-size: 1rem; margin: 0 0 .5rem; }
p { margin: .3rem 0; }
a { color: inherit; }
.soft, dt, footer { color: var(--soft); font-size: .875rem; }
.good { color: var(--good); }
.care { color: var(--care); }
.bad { color: var(--bad); }
.state { font-weight: 600; }
article {
  background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: .9rem; margin: .6rem 0;
}
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: .6rem 1rem; margin: 0 0 .6rem; }
dd { margin: 0; font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; height: 1.1rem; border-radius: .2rem; }
.ends { display: flex; justify-content: space-between; }
.note { border-left: .25rem solid currentColor; padding-left: .6rem; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; }
.legend svg { display: inline-block; width: .8rem; height: .8rem; vertical-align: -.1rem; margin-right: .3rem; }
.day { fill: var(--day); } .week { fill: var(--week); } .month { fill: var(--month); }
.older { fill: var(--older); } .due { fill: var(--due); } .unread { fill: var(--unread); }
.failing { fill: var(--failing); }
)css";
}

const std::string& page_policy() {
    static const std::string policy = [] {
        const auto style = page_style();
        std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
        unsigned int size = 0;
        EVP_Digest(style.data(), style.size(), hash.data(), &size, EVP_sha256(), nullptr);
        std::array<unsigned char, 4 * ((SHA256_DIGEST_LENGTH + 2) / 3) + 1> encoded{};
        const int length = EVP_EncodeBlock(encoded.data(), hash.data(), SHA256_DIGEST_LENGTH);
        return "default-src 'none'; style-src 'sha256-" +
               std::string(encoded.begin(), encoded.begin() + length) +
               "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }();
    return policy;
}

} // namespace callmirror::daemon
