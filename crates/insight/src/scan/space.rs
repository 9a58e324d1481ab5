//! Where: points, centres, and the places around each centre from near to far.

/// A point on the plane (third coordinate nought) or on the sphere.
pub type Point = [f64; 3];

/// Radius of the sphere for degrees, in kilometres: SaTScan's, so that radii agree.
pub const EARTH: f64 = 6367.0;

/// A point on the sphere from latitude and longitude in degrees; distances are straight lines through it.
///
/// The order of the operations matters where rounded degrees make many distances nearly equal: it is the one that gives SaTScan's order in all clusters of the
/// shared runs.
#[must_use]
pub fn on_sphere(latitude: f64, longitude: f64) -> Point {
    let radians = |degrees: f64| std::f64::consts::PI * degrees / 180.0;
    let (latitude, longitude) = (radians(latitude), radians(longitude));
    [EARTH * longitude.cos() * latitude.cos(), EARTH * longitude.sin() * latitude.cos(), EARTH * latitude.sin()]
}

/// The square of the distance.
#[must_use]
pub fn squared(a: &Point, b: &Point) -> f64 {
    let [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    x * x + y * y + z * z
}

/// The places around every centre, nearest first, as far as circles may reach.
#[derive(Debug, Clone, Default)]
pub struct Zones {
    /// All lists, one behind the other.
    pub near: Vec<u32>,
    /// Where the list of each centre begins; one more at the end.
    pub begins: Vec<usize>,
    /// The centres; none if there is one circle that holds everything.
    pub centres: Vec<Point>,
}

impl Zones {
    /// How far circles go: while the weight of the places within is at most `most`, and none is farther than `radius`. A place belongs to a circle whole.
    ///
    /// Places at the same distance come in the order of their coordinates, smaller first, so that a run does not depend on the order of its input.
    #[must_use]
    pub fn new(places: &[Point], centres: &[Point], weight: &[f64], most: f64, radius: Option<f64>) -> Self {
        let mut zones = Self { begins: vec![0], centres: centres.to_vec(), ..Self::default() };
        let limit = radius.map_or(f64::INFINITY, |radius| radius * radius);
        let mut order: Vec<(f64, u32)> = Vec::with_capacity(places.len());
        for centre in centres {
            order.clear();
            order.extend((0_u32..).zip(places).map(|(at, place)| (squared(centre, place), at)).filter(|(far, _)| *far <= limit));
            order.sort_unstable_by(|(far, a), (farther, b)| {
                far.total_cmp(farther).then_with(|| {
                    let (a, b) = (&places[*a as usize], &places[*b as usize]);
                    a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])).then(a[2].total_cmp(&b[2]))
                })
            });
            let mut sum = 0.0;
            for (_, at) in &order {
                sum += weight[*at as usize];
                // A hair more, for sums that are meant to be equal.
                if sum > most * (1.0 + 1e-12) {
                    break;
                }
                zones.near.push(*at);
            }
            zones.begins.push(zones.near.len());
        }
        zones
    }

    /// One circle that holds everything, for purely temporal scans.
    #[must_use]
    pub fn everything(places: usize) -> Self {
        Self { near: (0..places as u32).collect(), begins: vec![0, places], centres: Vec::new() }
    }

    /// How many centres there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.begins.len() - 1
    }

    /// The list of a centre.
    #[must_use]
    pub fn of(&self, centre: usize) -> &[u32] {
        &self.near[self.begins[centre]..self.begins[centre + 1]]
    }
}
