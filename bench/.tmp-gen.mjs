import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
await tf.setBackend('wasm');
const V=10000;
async function time(name, f, n=30){ for(let i=0;i<5;i++) tf.tidy(()=>{f()}); let best=1e9; for(let i=0;i<n;i++){const t=performance.now(); tf.tidy(()=>{f()}); best=Math.min(best,performance.now()-t);} console.log(name, best.toFixed(3)+' ms'); }
for (const R of [1,64]) {
  const x = tf.softmax(tf.randomNormal([R,V])), c=tf.fill([R,1],0.5), b=tf.greater(x,x), full=tf.fill([R,V],.3);
  const n = R>64?10:20;
  await time(R+' greater bcast', ()=>tf.greater(x,c),n);
  await time(R+' greater scalar', ()=>tf.greater(x,0.3),n);
  await time(R+' greater same', ()=>tf.greater(x,full),n);
  await time(R+' sub bcast', ()=>tf.sub(x,c),n);
  await time(R+' step', ()=>tf.step(x),n);
  await time(R+' relu', ()=>tf.relu(x),n);
  await time(R+' sign', ()=>tf.sign(x),n);
  await time(R+' clip', ()=>tf.clipByValue(x,0,1),n);
  await time(R+' cast bool', ()=>tf.cast(b,'float32'),n);
  await time(R+' logicalAnd', ()=>tf.logicalAnd(b,b),n);
  await time(R+' where same', ()=>tf.where(b,x,full),n);
  await time(R+' where bcast', ()=>tf.where(b,tf.range(0,V),V),n);
  await time(R+' range', ()=>tf.range(0,V),n);
  await time(R+' min', ()=>tf.min(x,1),n);
  await time(R+' cumsum', ()=>tf.cumsum(x,1),n);
  await time(R+' mul same', ()=>tf.mul(x,full),n);
  await time(R+' minimum same', ()=>tf.minimum(x,full),n);
  await time(R+' minimum bcast', ()=>tf.minimum(x,c),n);
  await time(R+' topk50', ()=>tf.topk(x,50),n);
  await time(R+' topk512', ()=>tf.topk(x,512),n);
  await time(R+' softmax', ()=>tf.softmax(x),n);
  await time(R+' floor', ()=>tf.floor(x),n);
  await time(R+' mask upload', ()=>tf.tensor2d(new Float32Array(R*V),[R,V]),n);
  await time(R+' add row', ()=>tf.add(x,tf.tensor2d(new Float32Array(V),[1,V])),n);
  await time(R+' log', ()=>tf.log(x),n);
  await time(R+' read', ()=>x.dataSync(),n);
  await time(R+' read+draw js', ()=>{const d=x.dataSync(); let out=0; for(let r=0;r<R;r++){ let s=0; for(let j=0;j<V;j++) s+=d[r*V+j]; const u=s*.7; let a=0; for(let j=0;j<V;j++){ a+=d[r*V+j]; if(a>u){out+=j;break;} } } return out;},n);
}
