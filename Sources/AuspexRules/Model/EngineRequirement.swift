/// `requires_engine` of a rule: comparisons with the engine's version, all of which have to hold, such as `>=0.1.0, <1.0.0`.
struct EngineRequirement: Hashable, Sendable, CustomStringConvertible {
    private enum Relation: String, CaseIterable {
        // The longer ones first, because the shorter ones are how they begin.
        case atLeast = ">="
        case atMost = "<="
        case above = ">"
        case below = "<"
        case equal = "="
    }

    private struct Bound: Hashable, Sendable {
        let relation: Relation
        let version: EngineVersion

        func holds(for engine: EngineVersion) -> Bool {
            switch relation {
            case .atLeast: engine >= version
            case .atMost: engine <= version
            case .above: engine > version
            case .below: engine < version
            case .equal: engine == version
            }
        }
    }

    /// Why a text is no requirement, and where, in Unicode scalars from 0.
    struct Mistake: Error {
        let offset: Int
        let reason: String
    }

    /// As it was written.
    let description: String
    private let bounds: [Bound]

    /// Reads comparisons with commas between them; blanks don't matter.
    init(_ text: String) throws(Mistake) {
        description = text
        var bounds: [Bound] = []
        var offset = 0
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            bounds.append(try Self.bound(part, at: offset))
            offset += part.unicodeScalars.count + 1
        }
        self.bounds = bounds
    }

    private static func bound(_ part: Substring, at offset: Int) throws(Mistake) -> Bound {
        let start = part.drop { $0 == " " }
        let place = offset + part.unicodeScalars.count - start.unicodeScalars.count
        guard let relation = Relation.allCases.first(where: { start.hasPrefix($0.rawValue) }) else {
            throw Mistake(
                offset: place, reason: "a comparison with a version begins with >=, >, <=, < or =, as in '>=0.1.0'")
        }
        let rest = start.dropFirst(relation.rawValue.count).drop { $0 == " " }
        let text = String(rest.prefix { $0 != " " })
        guard let version = EngineVersion(text), rest.dropFirst(text.count).allSatisfy({ $0 == " " }) else {
            throw Mistake(
                offset: place + start.unicodeScalars.count - rest.unicodeScalars.count,
                reason: "a version is three numbers, such as 0.1.0 or 1.0.0-beta.1, not '\(rest)'")
        }
        return Bound(relation: relation, version: version)
    }

    /// Whether a version is one that is asked for.
    func isMet(by engine: EngineVersion) -> Bool { bounds.allSatisfy { $0.holds(for: engine) } }
}
