import AuspexRules
import AuspexRunbooks
import Foundation

/// The name under which a person's word is noted, as a body gives it. Whether it is theirs nobody can tell who has the API's
/// token: the token is what proves that a caller may speak at all.
struct PersonName: Decodable {
    /// The name, without blanks around it.
    let text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        text = try container.decode(String.self).trimmingCharacters(in: .whitespacesAndNewlines)
        let isPlain = !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
        guard !text.isEmpty, text.utf8.count <= IncidentLimits.longestActor, isPlain else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription:
                    "must be a name of 1 to \(IncidentLimits.longestActor) bytes without control characters")
        }
        guard text.lowercased() != RunRecord.guardName else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "must not be '\(RunRecord.guardName)', which stands for the engine's guards")
        }
    }
}
