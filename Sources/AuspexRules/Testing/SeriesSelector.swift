import AuspexSignals

/// Reads a series as it is written in tests: `pg_up{service="postgres"}`.
struct SeriesSelector {
    /// The labels, the metric's name included.
    let labels: Labels

    /// Reads `text`; nil when it is not of that form: a name, labels, or both; only `=`, each label once.
    init?(_ text: String) {
        var reader = Reader(rest: text[...])
        guard let labels = reader.labels() else { return nil }
        self.labels = labels
    }

    private struct Reader {
        var rest: Substring

        mutating func labels() -> Labels? {
            var labels: [String: String] = [:]
            skipBlanks()
            if let name = name(allowingColon: true) { labels[Labels.metricName] = name }
            skipBlanks()
            if take("{") {
                skipBlanks()
                while !take("}") {
                    guard let name = name(allowingColon: false), skipping({ $0.take("=") }),
                        let value = skipping({ $0.value() }), labels.updateValue(value, forKey: name) == nil
                    else { return nil }
                    skipBlanks()
                    guard take(",") || rest.first == "}" else { return nil }
                    skipBlanks()
                }
                skipBlanks()
            }
            return rest.isEmpty && !labels.isEmpty ? Labels(labels) : nil
        }

        private mutating func skipping<Result>(_ read: (inout Reader) -> Result) -> Result {
            skipBlanks()
            return read(&self)
        }

        private mutating func skipBlanks() {
            rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "\n" }
        }

        private mutating func take(_ character: Character) -> Bool {
            guard rest.first == character else { return false }
            rest.removeFirst()
            return true
        }

        private mutating func name(allowingColon: Bool) -> String? {
            let name = rest.prefix { character in
                character == "_" || (character == ":" && allowingColon)
                    || (character.isASCII && (character.isLetter || character.isNumber))
            }
            guard let first = name.first, !first.isNumber else { return nil }
            rest = rest[name.endIndex...]
            return String(name)
        }

        private mutating func value() -> String? {
            guard take("\"") else { return nil }
            var value = ""
            while let character = rest.popFirst() {
                switch character {
                case "\"": return value
                case "\\":
                    switch rest.popFirst() {
                    case "\"": value.append("\"")
                    case "\\": value.append("\\")
                    case "n": value.append("\n")
                    default: return nil
                    }
                default: value.append(character)
                }
            }
            return nil
        }
    }
}
