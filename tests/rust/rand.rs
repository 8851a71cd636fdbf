//! As much of the rand crate as the tests of Rust's standard library use.
pub trait RngCore {
    fn next_u64(&mut self) -> u64;
    fn next_u32(&mut self) -> u32 {
        self.next_u64() as u32
    }
    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.next_u64() as u8;
        }
    }
}
pub trait Rng: RngCore {
    fn gen_bool(&mut self, p: f64) -> bool {
        (self.next_u64() >> 11) as f64 / ((1u64 << 53) as f64) < p
    }
    fn gen_range(&mut self, low: i32, high: i32) -> i32 {
        low + (self.next_u64() % (high - low) as u64) as i32
    }
}
impl<T: RngCore> Rng for T {}
pub trait SeedableRng: Sized {
    fn from_seed(seed: [u8; 32]) -> Self;
    fn seed_from_u64(seed: u64) -> Self;
    fn from_entropy() -> Self {
        Self::seed_from_u64(&0u8 as *const u8 as u64 ^ 0x9E3779B97F4A7C15)
    }
}
pub mod rngs {
    pub struct StdRng(pub(crate) u64);
}
impl RngCore for rngs::StdRng {
    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E3779B97F4A7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58476D1CE4E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D049BB133111EB);
        z ^ (z >> 31)
    }
}
impl SeedableRng for rngs::StdRng {
    fn from_seed(seed: [u8; 32]) -> Self {
        rngs::StdRng(u64::from_le_bytes(seed[..8].try_into().unwrap()))
    }
    fn seed_from_u64(seed: u64) -> Self {
        rngs::StdRng(seed)
    }
}
pub fn thread_rng() -> rngs::StdRng {
    let x = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    rngs::StdRng(x.as_nanos() as u64 ^ (std::thread::current().id().as_seed()))
}
trait Seed {
    fn as_seed(&self) -> u64;
}
impl Seed for std::thread::ThreadId {
    fn as_seed(&self) -> u64 {
        self as *const _ as u64
    }
}
