/// How it stands with the model of a service.
package struct RiskModelStatus: Hashable, Sendable, Codable {
    /// What a service's changes are assessed by.
    package enum Scorer: String, Hashable, Sendable, Codable {
        case own
        case organisation
        case sizeOnly = "size-only"
    }

    /// The service; empty for all together.
    package var service: String
    /// What its changes are assessed by.
    package var scorer: Scorer
    /// Why by that.
    package var reason: String
    /// The outcomes that can be learned from.
    package var tally: OutcomeTally
    /// The versions that are kept, newest first.
    package var versions: [RiskModelVersion]
    /// How far newer changes have moved away from those of the training; nil when that has not been measured.
    package var drift: RiskDrift?

    /// Puts together what is known.
    package init(
        service: String, tally: OutcomeTally, versions: [RiskModelVersion], hasOrganisation: Bool, drift: RiskDrift?
    ) {
        self.service = service
        self.tally = tally
        self.versions = versions
        self.drift = drift
        let isOwn = versions.contains(where: \.isInForce)
        scorer = isOwn ? .own : (hasOrganisation ? .organisation : .sizeOnly)
        reason = Self.reason(tally, versions)
    }

    private static func reason(_ tally: OutcomeTally, _ versions: [RiskModelVersion]) -> String {
        if let own = versions.first(where: \.isInForce) { return "version \(own.version) is \(own.note)" }
        if let newest = versions.first { return "version \(newest.version) is \(newest.note)" }
        if !tally.isEnough {
            return "\(RiskModelError.tooFewOutcomes(changes: tally.known, harmful: tally.harmful))"
        }
        return "its first training is due"
    }
}
