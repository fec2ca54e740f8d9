/// Reads matchers as Alertmanager's command line writes them: `{service="shop", severity=~"warn.*"}`. The braces, blanks
/// and a last comma are optional; a name or value without quotes ends at a blank or a character with a meaning.
struct MatcherParser {
    private let scalars: [Unicode.Scalar]
    private var position = 0

    /// The matchers of `text`, in order.
    ///
    /// - Throws: ``MatcherError`` with the place of the mistake.
    static func matchers(in text: String) throws(MatcherError) -> [LabelMatcher] {
        var parser = MatcherParser(scalars: Array(text.unicodeScalars))
        return try parser.matchers()
    }

    private init(scalars: [Unicode.Scalar]) {
        self.scalars = scalars
    }

    private mutating func matchers() throws(MatcherError) -> [LabelMatcher] {
        skipBlanks()
        let hasBraces = take("{")
        var matchers: [LabelMatcher] = []
        skipBlanks()
        while position < scalars.count, scalars[position] != "}" {
            guard matchers.count < LabelMatchers.mostMatchers else {
                throw mistake("at most \(LabelMatchers.mostMatchers) matchers are accepted")
            }
            matchers.append(try matcher())
            skipBlanks()
            guard take(",") else { break }
            skipBlanks()
        }
        if hasBraces, !take("}") { throw mistake("expected ',' or '}'") }
        skipBlanks()
        guard position == scalars.count else {
            throw mistake(scalars[position] == "}" ? "'}' without '{'" : "expected ',' or the end")
        }
        return matchers
    }

    private mutating func matcher() throws(MatcherError) -> LabelMatcher {
        let start = position
        let name = try text(expecting: "a label's name")
        skipBlanks()
        let operation = try operation()
        skipBlanks()
        let valueStart = position
        let value = try text(expecting: "a value, such as \"shop\"")
        do {
            return try LabelMatcher(name, operation, value)
        } catch {
            throw MatcherError(error.reason, at: name.isEmpty ? start : valueStart)
        }
    }

    private mutating func operation() throws(MatcherError) -> LabelMatcher.Operation {
        let start = position
        let isNegated = take("!")
        if take("~") {
            if isNegated { return .doesNotMatch }
        } else if take("=") {
            if position < scalars.count, scalars[position] == "=" { throw mistake("'==' is written '='", at: start) }
            if isNegated { return .notEqual }
            return take("~") ? .matches : .equal
        }
        throw mistake("expected =, !=, =~ or !~ after the label's name", at: start)
    }

    private mutating func text(expecting what: String) throws(MatcherError) -> String {
        if take("\"") { return try quotedText() }
        let start = position
        while position < scalars.count, !Self.isReserved(scalars[position]) { position += 1 }
        guard position > start else {
            let isQuote = position < scalars.count && ["'", "`"].contains(scalars[position])
            throw mistake(isQuote ? "texts stand in double quotes" : "expected \(what)")
        }
        return Self.string(scalars[start..<position])
    }

    /// What stands before the closing quote; the opening one has been taken.
    private mutating func quotedText() throws(MatcherError) -> String {
        let start = position - 1
        var text = String.UnicodeScalarView()
        while position < scalars.count {
            let scalar = scalars[position]
            if take("\"") { return String(text) }
            if scalar == "\\" {
                text.append(try escape())
            } else {
                text.append(scalar)
                position += 1
            }
        }
        throw mistake("this quote is never closed", at: start)
    }

    private mutating func escape() throws(MatcherError) -> Unicode.Scalar {
        let start = position
        position += 2
        guard position <= scalars.count else { throw mistake("a backslash at the end", at: start) }
        switch scalars[position - 1] {
        case "\"": return "\""
        case "\\": return "\\"
        case "n": return "\n"
        case "t": return "\t"
        case let other:
            throw mistake("unknown escape '\\\(other)'; write '\\\\\(other)' for a backslash in a value", at: start)
        }
    }

    private mutating func skipBlanks() {
        while position < scalars.count, scalars[position].properties.isWhitespace { position += 1 }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard position < scalars.count, scalars[position] == scalar else { return false }
        position += 1
        return true
    }

    private func mistake(_ reason: String, at offset: Int? = nil) -> MatcherError {
        MatcherError(reason, at: offset ?? position)
    }

    private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// Whether a text with this character needs quotes.
    static func isReserved(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || "{}!=~,\\\"'`".unicodeScalars.contains(scalar)
    }

    /// `text` in quotes, as the parser reads it.
    static func quoted(_ text: String) -> String {
        var result = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result.append(contentsOf: ["\\", scalar])
            case "\n": result.append(contentsOf: ["\\", "n"])
            case "\t": result.append(contentsOf: ["\\", "t"])
            default: result.append(scalar)
            }
        }
        result.append("\"")
        return String(result)
    }
}
