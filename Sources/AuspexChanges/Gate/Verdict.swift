package import AuspexSignals

/// The answer of the gate: one object for every surface.
package struct Verdict: Hashable, Sendable, Codable {
    /// What a deployment may do.
    package enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
        /// Nothing speaks against it.
        case pass
        /// It may go on, somebody should look.
        case warn
        /// It must not go on.
        case fail
        /// Something that the policy wants to know is not known.
        case inconclusive
    }

    /// Whether a verdict was asked for before a change or after it.
    package enum Phase: String, Hashable, Sendable, Codable, CaseIterable {
        /// Whether it may be made.
        case before
        /// What it has done.
        case after
    }

    /// Unique.
    package var id: String
    /// The service that is to be changed.
    package var service: String
    /// Where; empty when unknown.
    package var environment: String
    /// The commit; empty when unknown.
    package var sha: String
    /// The version; empty when unknown.
    package var version: String
    /// The decision. With ``dryRun`` it is what would have been decided.
    package var verdict: Outcome
    /// How much speaks against the change, 0 to 100: the largest of the risk's percentile, 100 − the health's score, and
    /// the points of rules (at most 100, where one concerns the change), each as far as it is known; nil (null) when none
    /// is. Higher is worse. What the context does to the verdict is not in it.
    package var score: Double?
    /// The risk of the change itself, if known.
    package var risk: Risk?
    /// How the service does, if known.
    package var health: Health?
    /// What rules say of the change; nil when none were asked.
    package var points: RulePoints?
    /// The moment and the surroundings; nil when nothing was known of them.
    package var context: ChangeContext?
    /// What led to the decision, heaviest first.
    package var reasons: [Reason]
    /// What was not known, for a person to read.
    package var missing: [String]
    /// The policy that decided.
    package var policy: GatePolicy
    /// Whether the decision is only shown and nobody is to be stopped.
    package var dryRun: Bool
    /// Who went on whatever the decision was; nil (null) for nobody. The decision stays what it was.
    package var override: Override?
    /// When the decision is too old to be acted on.
    package var expiresAt: Timestamp
    /// Whether it is about a change to come or one that was made.
    package var phase = Phase.before
    /// Whether it stays as it is when it is asked for again later; false while the service is being watched.
    package var final = true

    private enum CodingKeys: String, CodingKey {
        case id, service, environment, sha, version, verdict, score, risk, health, points, context, reasons
        case missing, policy, dryRun, override, expiresAt, phase, final
    }

    /// Writes all members; what is not known is null.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(service, forKey: .service)
        try container.encode(environment, forKey: .environment)
        try container.encode(sha, forKey: .sha)
        try container.encode(version, forKey: .version)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(score, forKey: .score)
        try container.encode(risk, forKey: .risk)
        try container.encode(health, forKey: .health)
        try container.encode(points, forKey: .points)
        try container.encode(context, forKey: .context)
        try container.encode(reasons, forKey: .reasons)
        try container.encode(missing, forKey: .missing)
        try container.encode(policy, forKey: .policy)
        try container.encode(dryRun, forKey: .dryRun)
        try container.encode(override, forKey: .override)
        try container.encode(expiresAt, forKey: .expiresAt)
        try container.encode(phase, forKey: .phase)
        try container.encode(final, forKey: .final)
    }
}

extension Verdict {
    /// Reads a verdict; one that was stored before there were phases is about a change to come.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try container.decode(String.self, forKey: .id),
            service: try container.decode(String.self, forKey: .service),
            environment: try container.decode(String.self, forKey: .environment),
            sha: try container.decode(String.self, forKey: .sha),
            version: try container.decode(String.self, forKey: .version),
            verdict: try container.decode(Outcome.self, forKey: .verdict),
            score: try container.decodeIfPresent(Double.self, forKey: .score),
            risk: try container.decodeIfPresent(Risk.self, forKey: .risk),
            health: try container.decodeIfPresent(Health.self, forKey: .health),
            points: try container.decodeIfPresent(RulePoints.self, forKey: .points),
            context: try container.decodeIfPresent(ChangeContext.self, forKey: .context),
            reasons: try container.decode([Reason].self, forKey: .reasons),
            missing: try container.decode([String].self, forKey: .missing),
            policy: try container.decode(GatePolicy.self, forKey: .policy),
            dryRun: try container.decode(Bool.self, forKey: .dryRun),
            override: try container.decodeIfPresent(Override.self, forKey: .override),
            expiresAt: try container.decode(Timestamp.self, forKey: .expiresAt),
            phase: try container.decodeIfPresent(Phase.self, forKey: .phase) ?? .before,
            final: try container.decodeIfPresent(Bool.self, forKey: .final) ?? true)
    }
}

/// How a service does. The `health` member of a ``Verdict``.
package struct Health: Hashable, Sendable, Codable {
    /// One aspect of it.
    package struct Group: Hashable, Sendable, Codable {
        /// The aspect: `alerts` or `anomalies`.
        package var name: String
        /// 0 (as bad as it gets) to 100 (nothing open).
        package var score: Double

        /// Creates a group.
        package init(name: String, score: Double) {
            self.name = name
            self.score = score
        }
    }

    /// The lowest score of the groups, 0 to 100; higher is better.
    package var score: Double
    /// The aspects.
    package var groups: [Group]

    /// Creates a health from its groups.
    package init(groups: [Group]) {
        self.groups = groups
        score = groups.map(\.score).min() ?? 100
    }
}
