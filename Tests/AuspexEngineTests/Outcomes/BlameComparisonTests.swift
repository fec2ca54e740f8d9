import AuspexChanges
import Testing

/// The policy was chosen on seeds 1 to 5; these are others. The article on outcomes has the figures.
@Suite(.timeLimit(.minutes(5))) struct BlameComparisonTests {
    private static let simulations = (101...106).map { BlameSimulation(seed: $0) }

    @Test("by votes and vetoes the cause is found more often and more surely than by age and distance alone")
    func advantage() {
        let blame = BlameComparison.Figures(
            BlameComparison.attribution(Self.simulations), atLeast: OutcomePolicy().leastBlame)
        let suspicion = BlameComparison.suspicion(Self.simulations)
        // The threshold that serves the other best on these very incidents.
        let rival = BlameComparison.Figures(suspicion, atLeast: BlameComparison.bestThreshold(suspicion))
        #expect(blame.precision > 0.7, "\(blame)")
        #expect(blame.recall > 0.55, "\(blame)")
        #expect(blame.precision > rival.precision + 0.03, "\(blame) against \(rival)")
        #expect(blame.top1 > rival.top1, "\(blame) against \(rival)")
        var withoutVetoes = BlamePolicy()
        withoutVetoes.usesVetoes = false
        let unchecked = BlameComparison.Figures(
            BlameComparison.attribution(Self.simulations, withoutVetoes), atLeast: OutcomePolicy().leastBlame)
        #expect(blame.precision > unchecked.precision + 0.05, "\(blame) against \(unchecked)")
    }
}
