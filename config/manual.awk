# Makes the manual page callmirror.toml(5) from callmirror.example.toml, which explains every key:
#
#     awk -v version=0.1.0 -f manual.awk callmirror.example.toml
#
# The example's blocks are a comment and the keys that it is about, with an empty line between two.
BEGIN {
    printf ".TH CALLMIRROR.TOML 5 \"\" \"callmirror %s\" \"Configuration\"\n", version
    print ".SH NAME"
    print "callmirror.toml \\- configuration of callmirror(1)"
    print ".SH SYNOPSIS"
    print ".I /etc/callmirror/callmirror.toml"
    print ".SH DESCRIPTION"
}

# Text as roff takes it.
function plain(text) {
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    gsub(/`/, "", text)
    if (text ~ /^[.']/) {
        text = "\\&" text
    }
    return text
}

function end_block(   at) {
    for (at = 1; at <= keys; ++at) {
        print (at == 1 ? ".TP" : ".TQ")
        print "\\fB" plain(name[at]) "\\fR = " plain(value[at]) note[at]
    }
    printf "%s", text
    if (text != "" && !keys) {
        print ".PP"
    }
    keys = 0
    text = ""
}

function add_key(line, what) {
    ++keys
    name[keys] = substr(line, 1, index(line, " = ") - 1)
    value[keys] = substr(line, index(line, " = ") + 3)
    note[keys] = what
}

/^$/ { end_block(); next }
function begin_section(heading) {
    gsub(/[][]/, "", heading)
    print ".SH \"[" heading "]\""
    end_block() # what stands above a section is about all of it
}

/^\[/ { begin_section($0); one_by_one = 0; next }
# A whole section as an example: each of its keys comes right after what is said of it.
/^# e\.g\. \[/ { begin_section(substr($0, 8)); one_by_one = 1; next }
/^# e\.g\. / {
    add_key(substr($0, 8), "  (example)")
    if (one_by_one) {
        end_block()
    }
    next
}
/^#[a-z]/ { add_key(substr($0, 2), "  (default)"); next }
/^#     / { next } # the example's legend
/^#$/ { text = text ".PP\n"; next }
/^# / { text = text plain(substr($0, 3)) "\n"; next }
{ add_key($0, "") }

END {
    end_block()
    print ".SH SEE ALSO"
    print ".BR callmirror (1),"
    print ".I /usr/share/doc/callmirror/callmirror.example.toml"
}
