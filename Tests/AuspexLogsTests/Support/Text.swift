@testable import AuspexLogs

/// The letters by which the reference lines name the classes.
let classCodes: [TokenClass: String] = [
    .punctuation: "P", .literal: "L", .weakLiteral: "W", .number: "NUM", .ip: "IP", .ip6: "IP6", .mac: "MAC",
    .hex: "HEX", .duration: "DUR", .size: "SIZE", .uuid: "UUID", .date: "DATE", .clock: "CLOCK", .time: "TIME",
    .timestamp: "TS", .url: "URL", .email: "EMAIL", .path: "PATH", .windowsPath: "WPATH", .host: "HOST",
    .boolean: "BOOL", .identifier: "ID", .list: "LIST", .empty: "EMPTY", .rest: "REST", .text: "STR",
]

func scan(_ line: [UInt8], limit: Int = .max / 2) -> [LogToken] {
    var tokens: [LogToken] = []
    LineScanner.scan(line.span, limit: limit, into: &tokens)
    return tokens
}

/// The tokens of a line as the reference lines write them: `L:10 _NUM:2`.
func tokens(_ line: String) -> String {
    scan(Array(line.utf8)).map { ($0.isSpaced ? "_" : "") + (classCodes[$0.kind] ?? "?") + ":\($0.count)" }
        .joined(separator: " ")
}

/// The tokens of a line with their text: `L(user) NUM(12)`.
func classes(_ line: String) -> String {
    let bytes = Array(line.utf8)
    return scan(bytes).map { token in
        let text = String(decoding: bytes[token.range], as: UTF8.self)
        return token.kind == .punctuation ? text : "\(classCodes[token.kind] ?? "?")(\(text))"
    }.joined(separator: " ")
}

extension TemplateMiner {
    /// Adds text and gives the texts of its parameters as well.
    mutating func addText(_ text: String) -> (match: LogMatch, parameters: [String]) {
        addBytes(Array(text.utf8))
    }

    mutating func addBytes(_ bytes: [UInt8]) -> (match: LogMatch, parameters: [String]) {
        var ranges: [Range<Int>] = []
        let match = add(bytes.span, parameters: &ranges)
        return (match, ranges.map { String(decoding: bytes[$0], as: UTF8.self) })
    }

    /// The text of the template that a match belongs to now.
    func finalText(_ match: LogMatch) -> String { template(match.template)?.text ?? "" }
}

/// How many `<*>` there are in a text.
func wildcards(_ text: String) -> Int { text.ranges(of: "<*>").count }
