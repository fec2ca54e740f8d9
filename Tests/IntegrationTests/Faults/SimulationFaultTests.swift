import AuspexRules
import AuspexSignals
import AuspexTesting
import Testing

/// Schedules of a small fleet, each from a seed, in which everything goes wrong that can.
@Suite(.timeLimit(.minutes(60))) struct SimulationFaultTests {
    private static let rule = """
        kind: rule
        id: service-down
        title: The service does not answer
        owner: test
        status: stable
        severity: critical
        when: {down: {source: metric, where: 'm.name == "up" && m.value < 1.0', for: 20s}}
        group_by: [service]
        then: [{runbook: restart, mode: auto, with: {service: labels.service}}]
        """

    @Test("no schedule breaks a limit, changes one thing twice at once, repeats what must not be, or leaves a run open")
    func schedules() async throws {
        let rules = try RuleLoader.load(text: Self.rule, file: "rule.yaml")
        let seeds = FaultScale.seeds(200, full: 10_000)
        let parts = 2
        let totals = try await withThrowingTaskGroup(of: (runs: Int, deaths: Int, acts: Int).self) { group in
            for part in 0..<parts {
                group.addTask {
                    var total = (runs: 0, deaths: 0, acts: 0)
                    for (place, seed) in seeds.enumerated() where place % parts == part {
                        var simulation = FleetSimulation(seed: seed, ruleSet: rules)
                        try simulation.run()
                        // Other tests share the threads.
                        await Task.yield()
                        let found = simulation.violations
                        #expect(found.isEmpty, "seed \(seed): \(found.prefix(3))")
                        total.runs += simulation.journal.records.count
                        total.deaths += simulation.deaths
                        total.acts += simulation.fleet.effects.values.reduce(0, +)
                    }
                    return total
                }
            }
            return try await group.reduce(into: (runs: 0, deaths: 0, acts: 0)) { sum, part in
                sum = (sum.runs + part.runs, sum.deaths + part.deaths, sum.acts + part.acts)
            }
        }
        #expect(totals.runs > seeds.count && totals.deaths > seeds.count / 10 && totals.acts > totals.runs)
        FaultScale.report(
            "seeds \(seeds[0]) to \(seeds[seeds.count - 1]): \(totals.runs) runs, \(totals.acts) acts, "
                + "\(totals.deaths) deaths of the engine")
    }

    @Test("a seed gives the same course again")
    func repeatable() throws {
        let rules = try RuleLoader.load(text: Self.rule, file: "rule.yaml")
        for seed in FaultScale.seeds(5, full: 50) {
            let courses = try (0..<2).map { _ in
                var simulation = FleetSimulation(seed: seed, ruleSet: rules)
                try simulation.run()
                return (simulation.journal.records, simulation.fleet.effects, simulation.deaths)
            }
            #expect(courses[0].0 == courses[1].0 && courses[0].1 == courses[1].1 && courses[0].2 == courses[1].2)
        }
    }
}
