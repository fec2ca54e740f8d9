import AuspexSignals
import Foundation

extension Plan {
    /// The words by which a plan names what it works on, each also as part of a longer text: those of its locks, of the
    /// texts among its parameters and those of the runbooks inside it, and of all that its changing steps would do,
    /// whatever takes back what was done and follows an ending included: arguments, URLs, bodies and the environment. Of
    /// `service/api@db1:9187` they are that, `service`, `api`, `db1` and `9187`.
    package var targetWords: Set<String> {
        let steps = allSteps.flatMap(\.flattened)
        let own = parameters.filter { !sensitive.contains($0.key) }.values.flatMap(\.texts)
        let changes = steps.filter(\.isChange).flatMap(\.targetTexts)
        return Set((locks + own + steps.flatMap(\.parameterTexts) + changes).flatMap(Self.words))
    }

    /// The words of a text; see ``targetWords``. An address in brackets is one word, and a systemd service is also known
    /// by its name alone. Whatever quotes or syntax stand around a name, it is a word by itself, and so is one that percent signs
    /// escape.
    package static func words(of text: String) -> Set<String> {
        let plain = text.withoutPercentEscapes
        let words = readWords(of: text)
        return plain == text ? words : words.union(readWords(of: plain))
    }

    private static func readWords(of text: String) -> Set<String> {
        var words: Set<String> = [text]
        var rest = text[...]
        while let open = rest.firstIndex(of: "["), let close = rest[open...].firstIndex(of: "]") {
            words.insert(String(rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        for word in text.split(whereSeparator: { separators.contains($0) || $0.isWhitespace }) {
            words.insert(String(word))
            words.formUnion(names(in: word))
        }
        return words
    }

    /// The names in a word, apart from all that is not part of the name of a host or service, and from dots at its ends.
    private static func names(in word: Substring) -> Set<String> {
        let parts = word.split { !$0.isLetter && !$0.isNumber && !nameMarks.contains($0) }
        return parts.reduce(into: []) { names, part in
            let name = part.trimming { $0 == "." }
            guard !name.isEmpty else { return }
            names.insert(String(name))
            if name.hasSuffix(serviceSuffix) { names.insert(String(name.dropLast(serviceSuffix.count))) }
        }
    }

    private static let nameMarks: Set<Character> = [".", "-", "_"]
    private static let separators: Set<Character> = ["/", "@", ":", "[", "]", ",", "=", "?", "&", ";"]
    private static let serviceSuffix = ".service"
}

extension Plan.Step {
    /// The words by which the step, and all inside it, names what it works on.
    var targetWords: Set<String> {
        let steps = flattened
        return Set(
            (steps.flatMap(\.parameterTexts) + steps.filter(\.isChange).flatMap(\.targetTexts)).flatMap(Plan.words))
    }

    /// The texts among the parameters of the runbooks inside it, and of its lanes.
    fileprivate var parameterTexts: [String] {
        let groups: [Plan.Group] =
            switch action {
            case .group(let group): [group]
            case .parallel(let parallel): parallel.lanes.map(\.group)
            default: []
            }
        return groups.flatMap { group in
            group.parameters.filter { !group.sensitive.contains($0.key) }.values.flatMap(\.texts)
        }
    }

    /// The texts in what it does that may name what it does it to.
    fileprivate var targetTexts: [String] {
        guard case .operation(let operation) = action else { return [] }
        switch operation {
        case .run(let command):
            return command.argv + command.environment.values + [command.directory, command.input].compactMap(\.self)
        case .http(let request):
            return [request.url] + (request.body?.namesAndTexts ?? [])
        case .notify, .health, .collect: return []
        }
    }
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

    /// The texts in it, and the names of its members.
    fileprivate var namesAndTexts: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(\.namesAndTexts)
        case .object(let members): members.flatMap { [$0.key] + $0.value.namesAndTexts }
        default: []
        }
    }
}

extension Substring {
    /// What is left without the characters at either end of which `isEdge` is true.
    fileprivate func trimming(_ isEdge: (Character) -> Bool) -> Substring {
        var rest = drop(while: isEdge)
        while let last = rest.last, isEdge(last) { rest.removeLast() }
        return rest
    }
}

extension String {
    /// The text with each escape of a percent sign and two hexadecimal digits decoded, and all else as it is.
    fileprivate var withoutPercentEscapes: String {
        let bytes = Array(utf8)
        guard bytes.contains(UInt8(ascii: "%")) else { return self }
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = Character(Unicode.Scalar(bytes[index + 1])).hexDigitValue,
                let low = Character(Unicode.Scalar(bytes[index + 2])).hexDigitValue
            {
                decoded.append(UInt8(high << 4 | low))
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}
