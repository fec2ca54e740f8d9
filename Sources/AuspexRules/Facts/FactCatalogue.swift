/// What the expressions of rules can see, as a list for people.
package enum FactCatalogue {
    /// The fields of one thing.
    package struct Section: Hashable, Sendable, Codable {
        /// The source that conditions name; nil for what isn't a source.
        package let source: String?
        /// What it is, and under which names expressions see it.
        package let title: String
        /// Its fields, or functions.
        package let fields: [FactSchema.Field]
    }

    /// All there is: the sources, then what `then` and `risk` see besides, then functions.
    package static var sections: [Section] {
        FactSource.allCases.map { source in
            Section(
                source: source.rawValue,
                title: "source: \(source.rawValue), seen as '\(source.alias)' and by the condition's name",
                fields: FactSchema.fields(of: source))
        } + [
            Section(
                source: nil, title: "in 'then' and 'risk', by the name of a condition with 'count'",
                fields: [FactSchema.count]),
            Section(source: nil, title: "in 'then' and 'risk', 'alert': the rule's own", fields: FactSchema.ownAlert),
            Section(source: nil, title: "in 'then', 'risk', where the rule has one", fields: FactSchema.risk),
            Section(source: nil, title: "each of the 'suspects' of an incident", fields: FactSchema.suspect),
            Section(source: nil, title: "everywhere", fields: [FactSchema.moment]),
            Section(source: nil, title: "functions that can be used everywhere", fields: ContextFunctions.catalogue),
            Section(source: nil, title: "functions of metric facts", fields: ForecastFunctions.catalogue),
        ]
    }
}
