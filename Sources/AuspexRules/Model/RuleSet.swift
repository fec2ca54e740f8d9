/// Rules that were loaded together, with unique identifiers, in the order of their files, and the windows and
/// services beside them.
package struct RuleSet: Sendable {
    /// The rules.
    package let rules: [Rule]
    private let places: [String: Int]
    /// What the rules ask of the future of series.
    package let forecasts: ForecastNeeds
    /// When nobody is told, or nothing is changed by itself.
    package let windows: WindowSet
    /// The services, and what they depend on.
    package let services: ServiceDeclarations
    /// The places of the rules that can say how risky a proposed change is, see ``RuleEngine/riskPoints(for:)``.
    let changeRisks: [Int]

    /// No rules.
    package init() {
        self.init(rules: [], windows: WindowSet(), services: ServiceDeclarations())
    }

    /// `rules` must have unique identifiers; of two with the same, the first counts.
    init(rules: [Rule], windows: WindowSet, services: ServiceDeclarations) {
        self.windows = windows
        self.services = services
        places = Dictionary(rules.enumerated().map { ($0.element.id, $0.offset) }) { first, _ in first }
        self.rules = rules
        changeRisks = rules.indices.filter { rules[$0].weighsChanges }
        forecasts = ForecastNeeds(rules)
    }

    /// The rule called `id`.
    package subscript(id: String) -> Rule? { places[id].map { rules[$0] } }

    /// Where `id` is in ``rules``.
    func place(of id: String) -> Int? { places[id] }

    /// Only the rules called `ids`.
    package func only(_ ids: Set<String>) -> RuleSet {
        RuleSet(rules: rules.filter { ids.contains($0.id) }, windows: windows, services: services)
    }

    /// The runbooks that the rules may ask for.
    package var runbooks: Set<String> {
        Set(rules.flatMap { $0.responses.compactMap(\.runbook) })
    }
}
