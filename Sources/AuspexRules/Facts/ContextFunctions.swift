import AuspexExpressions
import AuspexSignals

/// The functions by which expressions ask for what stands in no fact: freezes, and services with their instances.
///
/// | function | result |
/// |---|---|
/// | `in_freeze(now)` | whether a window with `effect: freeze` is open at that moment for what the expression is about |
/// | `depends_on("shop", "db")` | whether the first service depends on the second; a third argument is the most steps |
/// | `fleet("shop")`, `fleet(m.labels)` | how many instances a service has, and how they are: see ``FleetBook`` |
enum ContextFunctions {
    /// The name of ``fleet``, for knowing who has to have the instances counted.
    static let fleetName = "fleet"

    /// The functions that see all of the context.
    static let all = alerts + [fleet]

    /// The functions for what has to be the same for as long as alerts and services are: without the instances, which come
    /// and go.
    static let alerts = [inFreeze, dependsOn]

    /// The functions, for people.
    static let catalogue = [
        FactSchema.Field(
            "in_freeze(now)", "bool",
            "whether a window with 'effect: freeze' is open then for the labels of the fact, or in 'then', 'risk' and "
                + "'inhibited_by' of the alert; any moment may be asked about"),
        FactSchema.Field(
            "depends_on(\"shop\", \"db\")", "bool",
            "whether the first service depends on the second, directly or through others; a third argument, such as 2, is "
                + "the most steps; false of services that are not known"),
        FactSchema.Field(
            "fleet(\"shop\")", "map", isOptional: true,
            "the instances of a service, or of the one that labels belong to as in fleet(m.labels): total, healthy, "
                + "unhealthy, unknown (int) and healthy_ratio (double), of which unknown ones are no part; no answer where "
                + "no instance is known; not in 'inhibited_by'"),
    ]

    // MARK: The functions

    private static let inFreeze = CELFunction("in_freeze", arity: 1...1, result: .bool) {
        arguments, context throws(CELError) -> CELValue in
        guard case .timestamp(let moment) = arguments[0] else {
            throw CELError(.invalidArgument, "'in_freeze' takes a moment, as in in_freeze(now)")
        }
        let context = try rules(context)
        return .bool(context.windows.isFrozen(at: moment.timestamp, labels: context.labels))
    }

    private static let dependsOn = CELFunction("depends_on", arity: 2...3, result: .bool) {
        arguments, context throws(CELError) -> CELValue in
        guard case .string(let service) = arguments[0], case .string(let dependency) = arguments[1],
            let steps = arguments.count > 2 ? steps(arguments[2]) : .max
        else {
            throw CELError(
                .invalidArgument,
                "'depends_on' takes two services and at most how many steps, as in depends_on(\"shop\", \"db\", 2)")
        }
        return .bool(try rules(context).services.depends(service, on: dependency, steps: steps))
    }

    private static let fleet = CELFunction(fleetName, arity: 1...1, result: census) {
        arguments, context throws(CELError) -> CELValue in
        let context = try rules(context)
        let service = try service(arguments[0], context.services.graph)
        guard let census = context.fleet?.census(of: service, at: context.now), let ratio = census.healthyRatio else {
            throw CELError(.noSuchKey, "no instance of a service '\(service.prefix(80))' is known")
        }
        return .map([
            "total": .int(Int64(census.total)), "healthy": .int(Int64(census.healthy)),
            "unhealthy": .int(Int64(census.unhealthy)), "unknown": .int(Int64(census.unknown)),
            "healthy_ratio": .double(ratio),
        ])
    }

    /// The canonical name of a service that is named, or that labels belong to.
    private static func service(_ value: CELValue, _ graph: ServiceGraph) throws(CELError) -> String {
        switch value {
        case .string(let name): return graph.canonicalName(name)
        case .map(let map):
            let pairs = map.entries.compactMap { entry -> Labels.Pair? in
                guard case .string(let name) = entry.key, case .string(let value) = entry.value else { return nil }
                return Labels.Pair(name: name, value: value)
            }
            guard let name = graph.serviceName(of: Labels(pairs: pairs)) else {
                throw CELError(.noSuchKey, "the labels name no service")
            }
            return name
        default: throw CELError(.invalidArgument, "'fleet' takes a service or labels, as in fleet(m.labels)")
        }
    }

    private static let census = CELShape.object([
        "total": .int, "healthy": .int, "unhealthy": .int, "unknown": .int, "healthy_ratio": .double,
    ])

    private static func rules(_ context: (any CELContext)?) throws(CELError) -> RuleContext {
        guard let context = context as? RuleContext else {
            throw CELError(.function, "nothing is known here of windows and services")
        }
        return context
    }

    /// A number of steps, at least 1.
    private static func steps(_ value: CELValue) -> Int? {
        switch value {
        case .int(let number): number >= 1 ? Int(clamping: number) : nil
        case .uint(let number): number >= 1 ? Int(clamping: number) : nil
        default: nil
        }
    }
}
