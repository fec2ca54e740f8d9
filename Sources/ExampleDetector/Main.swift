import Auspex
import AuspexCommands

/// The program `auspex` with two detectors more.
@main
struct Main {
    static func main() async throws {
        var detectors = DetectorRegistry.standard
        try detectors.register(batch: Jumps.self)
        try detectors.register(streaming: NewExtremes.self)
        await AuspexCommandLine.main(detectors: detectors)
    }
}
