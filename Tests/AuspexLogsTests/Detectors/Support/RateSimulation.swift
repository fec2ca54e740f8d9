import AuspexLogs
import AuspexSignals
import AuspexTesting
import Foundation

/// A stream of templates with a known rate, and bursts and silences in it.
///
/// Per minute a template has Poisson's count, or a gamma-Poisson one with the relative variance ``dispersion``; the mean
/// swings over the day by ``season``. From the fifth day on each template has a burst of 10 minutes with 6 times the rate
/// and a silence of 60 minutes each day, in different halves of the day. Beside them the stream has a template of 20 lines a
/// minute, so that it is never silent.
struct RateSimulation {
    /// Lines per minute.
    var rate: Double
    var dispersion: Double
    var season: Double
    var templates = 10
    var days = 10
    var seed: UInt64
    /// Minutes that share one draw of the gamma rate.
    var clump = 1

    /// What the detector made of it.
    struct Result: CustomStringConvertible {
        var falseAlarms = 0
        var templateDays = 0.0
        var bursts = 0
        var burstsFound = 0
        var silences = 0
        var silencesFound = 0

        var falseAlarmsPerDay: Double { Double(falseAlarms) / templateDays }
        var burstRecall: Double { Double(burstsFound) / Double(bursts) }
        var silenceRecall: Double { Double(silencesFound) / Double(silences) }

        var description: String {
            String(
                format: "false alarms %.3f per template-day, burst recall %.2f, silence recall %.2f",
                falseAlarmsPerDay, burstRecall, silenceRecall)
        }
    }

    private struct Event {
        var range: Range<Int>
        var isBurst: Bool
        var isFound = false
        /// The end of the last window in which it was reported.
        var reportedUntil = -1
    }

    private static let firstEventDay = 4
    private static let minutesPerDay = 1_440

    func run(_ configuration: TemplateRateDetector.Configuration = .init()) throws -> Result {
        var detector = try TemplateRateDetector(configuration: configuration)
        var random = SplitMix64(seed: seed)
        var events = (0..<templates).map { _ in injected(&random) }
        var gammas = [Double](repeating: 1, count: templates)
        var result = Result()
        let warmUp = Int64(configuration.warmUpWindows) * configuration.window.milliseconds
        result.templateDays =
            Double(templates) * (Double(days) - Double(warmUp) / Double(Self.minutesPerDay * 60_000))
        for minute in 0..<days * Self.minutesPerDay {
            let swing = 1 + season * sin(2 * .pi * Double(minute) / Double(Self.minutesPerDay))
            for template in 0...templates {
                var mean = template == templates ? 20 : rate * swing
                if template < templates {
                    if dispersion > 0, minute.isMultiple(of: clump) {
                        gammas[template] = random.gamma(shape: 1 / dispersion) * dispersion
                    }
                    mean *= gammas[template]
                    if let event = events[template].first(where: { $0.range.contains(minute) }) {
                        mean *= event.isBurst ? 6 : 0
                    }
                }
                for _ in 0..<random.poisson(mean) {
                    let time = Timestamp(milliseconds: Int64(minute) * 60_000 + Int64(random.uniform() * 60_000))
                    for verdict in detector.update(TemplateID(UInt64(template)), at: time) {
                        note(verdict, &events, &result, configuration.window)
                    }
                }
            }
        }
        for event in events.joined() {
            if event.isBurst {
                result.bursts += 1
                result.burstsFound += event.isFound ? 1 : 0
            } else {
                result.silences += 1
                result.silencesFound += event.isFound ? 1 : 0
            }
        }
        return result
    }

    /// An alert about a window that touches an event of its kind finds it, and so does one that goes on without a break:
    /// a sparse template stays silent for a while after a silence. Every other one is false.
    private func note(
        _ verdict: LogVerdict, _ events: inout [[Event]], _ result: inout Result, _ window: TimeSpan
    ) {
        guard case .template(let id) = verdict.subject, id.value < UInt64(templates) else { return }
        let template = Int(id.value)
        let end = Int(verdict.time.milliseconds / 60_000)
        let minutes = end - Int(window.milliseconds / 60_000)..<end
        let kind = verdict.kind == .templateBurst
        let index = events[template].firstIndex {
            $0.isBurst == kind && ($0.range.overlaps(minutes) || $0.reportedUntil == minutes.lowerBound)
        }
        if let index {
            events[template][index].isFound = true
            events[template][index].reportedUntil = end
        } else {
            result.falseAlarms += 1
        }
    }

    private func injected(_ random: inout SplitMix64) -> [Event] {
        guard days > Self.firstEventDay else { return [] }
        return (Self.firstEventDay..<days).flatMap { day -> [Event] in
            let start = day * Self.minutesPerDay
            let half = Self.minutesPerDay / 2
            let burstFirst = random.uniform() < 0.5
            let burst = start + (burstFirst ? 0 : half) + Int(random.uniform() * Double(half - 180))
            let silence = start + (burstFirst ? half : 0) + Int(random.uniform() * Double(half - 180))
            return [
                Event(range: burst..<burst + 10, isBurst: true),
                Event(range: silence..<silence + 60, isBurst: false),
            ]
        }
    }
}
