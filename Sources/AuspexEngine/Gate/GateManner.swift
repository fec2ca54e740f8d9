package import AuspexChanges

/// How a verdict is to be taken, whatever it is. In JSON its members stand among those of the question.
package struct GateManner: Hashable, Sendable, Codable {
    /// Whether the verdict is only shown, even if the policy would stop somebody.
    package var dryRun: Bool
    /// Who goes on whatever the verdict is; nil for nobody.
    package var breakGlass: BreakGlass?

    /// Creates a manner; by default the verdict counts.
    package init(dryRun: Bool = false, breakGlass: BreakGlass? = nil) {
        self.dryRun = dryRun
        self.breakGlass = breakGlass
    }

    private enum CodingKeys: String, CodingKey {
        case dryRun, breakGlass
    }

    /// Reads a manner; both members may be left out.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        dryRun = try container.decodeIfPresent(Bool.self, forKey: .dryRun) ?? false
        breakGlass = try container.decodeIfPresent(BreakGlass.self, forKey: .breakGlass)
    }
}
