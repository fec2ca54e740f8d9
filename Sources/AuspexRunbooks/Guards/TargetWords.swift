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
    /// by its name alone.
    package static func words(of text: String) -> Set<String> {
        var words: Set<String> = [text]
        var rest = text[...]
        while let open = rest.firstIndex(of: "["), let close = rest[open...].firstIndex(of: "]") {
            words.insert(String(rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        for word in text.split(whereSeparator: { separators.contains($0) || $0.isWhitespace }) {
            words.insert(String(word))
            if word.hasSuffix(serviceSuffix) { words.insert(String(word.dropLast(serviceSuffix.count))) }
        }
        return words
    }

    private static let separators: Set<Character> = ["/", "@", ":", "[", "]", ",", "=", "?", "&", ";"]
    private static let serviceSuffix = ".service"
}

extension Plan.Step {
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
            let url = request.url.removingPercentEncoding ?? request.url
            return [url] + (request.body?.texts ?? [])
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
}
