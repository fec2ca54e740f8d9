import AuspexChanges
import AuspexSignals
import Testing

@Suite struct TuneScratchTests {
    @Test func tune() {
        let sims = (1...5).map { BlameSimulation(seed: UInt64($0)) }
        print("SIM incidents", sims.map { ($0.questions.count, $0.changes.count) })
        func show(_ name: String, _ answers: [BlameComparison.Answer]) {
            let t = BlameComparison.bestThreshold(answers)
            print("TUNE", name, "t", t, BlameComparison.Figures(answers, atLeast: t))
        }

        func full(_ name: String, _ p: BlamePolicy) {
            let answers = BlameComparison.attribution(sims, p)
            show(name, answers)
            for t in [0.3, 0.4, 0.5] { print("   AT", t, BlameComparison.Figures(answers, atLeast: t)) }
        }
        show("suspicion", BlameComparison.suspicion(sims))
        for step in [0.2, 0.3, 0.4] { for half in [6, 8, 12] { for rest in [0.3, 0.6, 1.0] {
            var p = BlamePolicy(); p.factorPerStep = step; p.halfLife = .hours(Int64(half)); p.rest = rest
            p.windows = [.init(.hours(1), weight: 0.6), .init(.hours(24), weight: 0.3), .init(.hours(72), weight: 0.1)]
            full("step \(step) half \(half) rest \(rest)", p)
        } } }
    }
}
