import AuspexSignals

extension Plan {
    /// The words by which a plan names what it works on: the parts of its locks and of the texts among its
    /// parameters, each also as a whole. Of `service/api@db1:9187` they are that, `service`, `api`, `db1` and `9187`.
    package var targetWords: Set<String> {
        let texts = parameters.filter { !sensitive.contains($0.key) }.values.flatMap(\.texts)
        return Set((locks + texts).flatMap(Self.words))
    }

    /// The words of a text; see ``targetWords``. An address in brackets is one word.
    package static func words(of text: String) -> Set<String> {
        var words: Set<String> = [text]
        var rest = text[...]
        while let open = rest.firstIndex(of: "["), let close = rest[open...].firstIndex(of: "]") {
            words.insert(String(rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        words.formUnion(text.split { separators.contains($0) }.map(String.init))
        return words
    }

    private static let separators: Set<Character> = ["/", "@", ":", "[", "]", ",", " "]
}

extension JSONValue {
    /// The texts in it.
    fileprivate var texts: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(\.texts)
        case .object(let members): members.values.flatMap(\.texts)
        default: []
        }
    }
}
